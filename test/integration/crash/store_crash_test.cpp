// kill -9 under load, at random moments: every acknowledged write is there afterwards, and no half transaction.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <map>
#include <random>
#include <sstream>

#include "confcast/base/clock.hpp"
#include "confcast/store/embedded.hpp"
#include "confcast/test/run.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::test {
namespace {

struct Acknowledged {
    std::string worker;
    int n = 0;
    store::Revision revision = 0;
};

/// Runs crash_writer until it has acknowledged `enough` writes, kills it, and returns all that it said.
std::vector<Acknowledged> run_and_kill(const std::string& directory, const std::string& round, std::size_t enough,
                                       std::string tail) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = CRASH_WRITER;
    std::string first = directory;
    std::string second = round;
    char* arguments[] = {program.data(), first.data(), second.data(), tail.data(), nullptr};
    ::pid_t child = 0;
    const int failed = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (failed != 0) throw std::runtime_error("posix_spawn");

    std::string output;
    bool killed = false;
    char buffer[4'096];
    for (;;) {
        const auto size = ::read(ends[0], buffer, sizeof buffer);
        if (size <= 0) break;
        output.append(buffer, static_cast<std::size_t>(size));
        if (!killed && static_cast<std::size_t>(std::ranges::count(output, '\n')) >= enough) {
            ::kill(child, SIGKILL);
            killed = true;
        }
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(killed && WIFSIGNALED(status)) << "the writer ended by itself: " << status;

    std::vector<Acknowledged> all;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        Acknowledged one;
        if (words >> one.worker >> one.n >> one.revision) all.push_back(one);
    }
    return all;
}

/// The parameter: how many rows the key index lags behind at most. A small number: it is always being moved.
class StoreCrash : public testing::TestWithParam<const char*> {
  protected:
    using Contents = std::map<std::string, store::KeyValue>;

    /// Opens the store in this process, reads everything, closes it.
    Contents contents() {
        asio::io_context io{1};
        const SystemClock clock;
        NullLog log;
        store::EmbeddedOptions options;
        options.directory = directory_.path();
        auto opened = store::EmbeddedStore::open(io.get_executor(), options, clock, log);
        if (!opened) throw std::runtime_error(opened.error().to_string());
        auto list = run(io, (*opened)->range({{"", ""}, 0, 0, false})).value();
        head_ = list.revision;
        run(io, (*opened)->close());
        Contents found;
        for (auto& kv : list.kvs) found[kv.key] = std::move(kv);
        return found;
    }

    static void check_acknowledged(const Contents& found, const std::string& round,
                                   const std::vector<Acknowledged>& acknowledged) {
        for (const auto& [worker, n, revision] : acknowledged) {
            const auto it = found.find(round + "/log/" + worker + "/" + std::to_string(n));
            ASSERT_NE(it, found.end()) << "an acknowledged write is lost: " << worker << " " << n;
            EXPECT_EQ(it->second.mod_revision, revision);
            EXPECT_EQ(it->second.value.size(), 300U);
        }
    }

    /// Each worker's four keys are of its last transaction, and the log has every one before it.
    static void check_whole(const Contents& found, const std::string& round) {
        for (int id = 0; id < 16; ++id) {
            const auto worker = std::to_string(id);
            const auto a = found.find(round + "/" + worker + "/a");
            const auto prefix = round + "/log/" + worker + "/";
            const auto first = found.lower_bound(prefix);
            const auto last = found.lower_bound(store::prefix_end(prefix));
            const auto logged = std::distance(first, last);
            if (a == found.end()) {
                EXPECT_EQ(logged, 0) << "half a transaction of worker " << worker;
                continue;
            }
            EXPECT_EQ(std::to_string(logged), a->second.value);
            for (const auto& key :
                 {round + "/" + worker + "/b", round + "/" + worker + "/c", prefix + a->second.value}) {
                const auto other = found.find(key);
                ASSERT_NE(other, found.end()) << "half a transaction: no " << key;
                EXPECT_EQ(other->second.mod_revision, a->second.mod_revision);
            }
        }
    }

    TemporaryDirectory directory_;
    store::Revision head_ = 0;
};

TEST_P(StoreCrash, LosesNothingAcknowledgedAndShowsNoHalfTransaction) {
    std::mt19937 random{std::random_device{}()};
    std::map<std::string, std::vector<Acknowledged>> rounds;
    store::Revision head_before = 0;
    for (int i = 0; i < 10; ++i) {
        const auto round = "round" + std::to_string(i);
        const auto enough = std::uniform_int_distribution<std::size_t>(1, 1'500)(random);
        SCOPED_TRACE(round + ", killed after " + std::to_string(enough) + " answers");
        rounds[round] = run_and_kill(directory_.path(), round, enough, GetParam());
        ASSERT_GE(rounds[round].size(), enough);
        const auto found = contents();
        for (const auto& [name, acknowledged] : rounds) {
            check_acknowledged(found, name, acknowledged);
            check_whole(found, name);
        }
        EXPECT_GE(head_, rounds[round].back().revision);
        EXPECT_GT(head_, head_before);
        head_before = head_;
        if (HasFatalFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(Tails, StoreCrash, testing::Values("64", "16384"),
                         [](const auto& info) { return std::string("Of") + info.param; });

}  // namespace
}  // namespace confcast::test
