// All files or none, and the reload.
#include <gmock/gmock.h>
#include <poll.h>

#include "confcast/test/temporary_directory.hpp"
#include "files.hpp"
#include "render/update.hpp"

namespace confcast::cli::templates {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AnUpdate : public testing::Test {
  protected:
    Pair pair(const std::string& name, const std::string& text) {
        return {name + ".tmpl", *parse(text), TargetFile(directory_.path() / name, std::nullopt)};
    }
    Updater updater(std::vector<std::string> texts, Steps steps = {}) {
        std::vector<Pair> pairs;
        for (std::size_t i = 0; i < texts.size(); ++i) pairs.push_back(pair(std::to_string(i), texts[i]));
        return {std::move(pairs), std::move(steps)};
    }
    static Outcome run(Updater& updater, const Values& values) {
        const Turn turn = [](SteadyTime) { ::poll(nullptr, 0, 1); };
        return updater.update(values, 7, turn, turn);
    }
    std::string in(const std::string& name) const { return read(directory_.path() / name); }
    std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

    test::TemporaryDirectory directory_;
};

constexpr auto get_k = "{{ get \"k\" }}";

TEST_F(AnUpdate, WritesThenReloadsOnce) {
    auto update = updater({get_k, "{{ get \"k\" }}!"}, {"grep -q v {}", "echo $CONFCAST_REVISION >> " + path("log")});
    const Outcome outcome = run(update, {{"k", "v"}});
    EXPECT_EQ(outcome.code, Exit::ok) << outcome.error;
    EXPECT_EQ(in("0"), "v");
    EXPECT_EQ(in("1"), "v!");
    EXPECT_EQ(in("log"), "7\n");
}

TEST_F(AnUpdate, AnUnchangedFileIsNeitherTouchedNorCheckedNorReloaded) {
    auto update = updater({get_k}, {"echo {} >> " + path("checks"), "echo >> " + path("reloads")});
    run(update, {{"k", "v"}});
    const auto before = about(path("0"));
    const Outcome outcome = run(update, {{"k", "v"}, {"other", "x"}});
    EXPECT_EQ(outcome.code, Exit::ok);
    EXPECT_EQ(outcome.files.front().state, FileResult::State::unchanged);
    EXPECT_TRUE(same_file(before, about(path("0"))));
    EXPECT_EQ(std::ranges::count(in("checks"), '\n'), 1);
    EXPECT_EQ(in("reloads"), "\n");
}

TEST_F(AnUpdate, WhenOneCheckFailsNoFileIsReplacedAndNothingReloads) {
    auto update = updater({get_k, "{{ get \"k\" }}{{ get \"bad\" \"\" }}"},
                          {"! grep bad {} || (echo first; echo the reason; exit 4)", "echo >> " + path("reloads")});
    run(update, {{"k", "1"}});
    const Outcome outcome = run(update, {{"k", "2"}, {"bad", "bad"}});
    EXPECT_EQ(outcome.code, Exit::failed);
    EXPECT_THAT(outcome.error, HasSubstr("ended with 4: the reason"));
    EXPECT_THAT(outcome.output, HasSubstr("first"));
    EXPECT_TRUE(outcome.may_pass_later);
    EXPECT_EQ(in("0"), "1");
    EXPECT_EQ(in("1"), "1");
    EXPECT_EQ(in("reloads"), "\n") << "of the first time";
    EXPECT_THAT(names_in(directory_.path()), ElementsAre("0", "1", "reloads"));
}

TEST_F(AnUpdate, AMissingKeyLeavesEveryFileAsItIs) {
    auto update = updater({get_k, "{{ get \"gone\" }}"});
    const Outcome outcome = run(update, {{"k", "v"}});
    EXPECT_EQ(outcome.code, Exit::not_found);
    EXPECT_EQ(outcome.key, "gone");
    EXPECT_THAT(outcome.error, HasSubstr("1.tmpl:1:1: there is no \"gone\""));
    EXPECT_FALSE(outcome.may_pass_later);
    EXPECT_THAT(names_in(directory_.path()), testing::IsEmpty());
}

TEST_F(AnUpdate, AReloadThatFailedIsMadeUpForEvenWithoutAnotherChange) {
    auto update = updater({get_k}, {"", "echo >> " + path("reloads") + "; test -e " + path("healthy")});
    const Outcome failed = run(update, {{"k", "v"}});
    EXPECT_EQ(failed.code, Exit::failed);
    EXPECT_EQ(failed.error, "the reload command ended with 1");
    EXPECT_TRUE(failed.may_pass_later);
    EXPECT_EQ(in("0"), "v") << "the file stays";
    write(directory_.path() / "healthy", "");
    EXPECT_EQ(run(update, {{"k", "v"}}).code, Exit::ok);
    EXPECT_EQ(in("reloads"), "\n\n");
    EXPECT_EQ(run(update, {{"k", "v"}}).code, Exit::ok);
    EXPECT_EQ(in("reloads"), "\n\n") << "once is enough";
}

TEST_F(AnUpdate, WhatCannotBeWrittenIsAFailureThatMayPass) {
    std::vector<Pair> pairs;
    pairs.push_back({"t", *parse(get_k), TargetFile(directory_.path() / "gone" / "x", std::nullopt)});
    Updater update(std::move(pairs), {});
    const Outcome outcome = run(update, {{"k", "v"}});
    EXPECT_EQ(outcome.code, Exit::failed);
    EXPECT_TRUE(outcome.may_pass_later);
}

TEST_F(AnUpdate, OfADryRunNothingIsLeft) {
    write(directory_.path() / "0", "old");
    Steps steps{"echo {} >> " + path("checks"), "echo >> " + path("reloads")};
    steps.dry_run = true;
    auto update = updater({get_k}, steps);
    const Outcome outcome = run(update, {{"k", "v"}});
    EXPECT_EQ(outcome.code, Exit::ok);
    EXPECT_EQ(outcome.files.front().state, FileResult::State::written);
    EXPECT_EQ(outcome.files.front().before, "old");
    EXPECT_EQ(outcome.files.front().after, "v");
    EXPECT_EQ(in("0"), "old");
    EXPECT_THAT(names_in(directory_.path()), ElementsAre("0"));
}

}  // namespace
}  // namespace confcast::cli::templates
