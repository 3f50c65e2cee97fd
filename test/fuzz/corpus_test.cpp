// Every input of the corpus through its target: what a fuzzer has once found stays a test.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::fuzz {

#define CONFCAST_FUZZ_TARGET(name) void run_##name(std::string_view bytes);
#include "targets.inc"
#undef CONFCAST_FUZZ_TARGET

namespace {

struct Target {
    const char* name;
    void (*run)(std::string_view);
};

constexpr Target targets[] = {
#define CONFCAST_FUZZ_TARGET(name) {#name, run_##name},
#include "targets.inc"
#undef CONFCAST_FUZZ_TARGET
};

std::vector<std::filesystem::path> inputs_of(const std::string& target) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(CONFCAST_FUZZ_CORPUS) / target))
        files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, BreaksNothing) {
    const auto files = inputs_of(GetParam().name);
    EXPECT_GE(files.size(), 3U) << "a corpus has something to begin with";
    EXPECT_NO_THROW(GetParam().run(""));
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        EXPECT_NO_THROW(GetParam().run(bytes)) << file;
        // Cut short and said twice, for what the file itself does not say.
        EXPECT_NO_THROW(GetParam().run(std::string_view(bytes).substr(0, bytes.size() / 2))) << file << ", half of it";
        EXPECT_NO_THROW(GetParam().run(bytes + bytes)) << file << ", twice";
    }
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(targets), [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace confcast::fuzz
