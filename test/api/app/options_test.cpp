// What the settings of confcastd mean, given as flags.
#include "configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace confcast::app {
namespace {

using testing::HasSubstr;

std::variant<Configuration, Ending> parse(const std::vector<const char*>& arguments) {
    return configure({{arguments.begin(), arguments.end()}, {}});
}

Options good(const std::vector<const char*>& arguments) { return std::get<Configuration>(parse(arguments)).options; }
Ending bad(const std::vector<const char*>& arguments) { return std::get<Ending>(parse(arguments)); }

TEST(Options, DefaultsAreThoseOfTheRooms) {
    const Options options = good({});
    EXPECT_EQ(options.server.host, "127.0.0.1");
    EXPECT_EQ(options.server.port, 8080);
    EXPECT_EQ(options.store.directory, "./data");
    EXPECT_EQ(options.prefix, "/config/");
    EXPECT_EQ(options.log_level, LogLevel::info);
    EXPECT_EQ(options.api.max_value, 1U << 20U);
    EXPECT_EQ(options.server.head_timeout, std::chrono::seconds(10));
    EXPECT_EQ(options.feed.journal.max_changes, feed::JournalLimits{}.max_changes);
    EXPECT_EQ(options.store.retention_age, store::EmbeddedOptions{}.retention_age);
    EXPECT_TRUE(options.store.synchronous_full);
    EXPECT_FALSE(options.api.version.empty());
}

TEST(Options, ListenTakesBothKindsOfAddress) {
    EXPECT_EQ(good({"--listen", "[::1]:9000"}).server.host, "::1");
    EXPECT_EQ(good({"--listen", "[::1]:9000"}).server.port, 9000);
    EXPECT_EQ(good({"--listen", "localhost:1"}).server.host, "127.0.0.1");
    EXPECT_EQ(good({"--listen", "127.0.0.2:0"}).server.port, 0);
}

TEST(Options, ListeningBeyondThisMachineWantsAWord) {
    for (const char* address : {"0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"}) {
        const Ending ending = bad({"--listen", address});
        EXPECT_EQ(ending.code, 2);
        EXPECT_THAT(ending.text, HasSubstr("--insecure-no-auth"));
        EXPECT_THAT(ending.text, HasSubstr("--credentials"));
        EXPECT_TRUE(good({"--insecure-no-auth", "--listen", address}).no_auth);
        for (const char* asks : {"--credentials=c.json", "--jwt-keys=k.pem", "--stored-tokens"})
            EXPECT_TRUE(good({"--listen", address, asks}).access.asks());
    }
}

TEST(Options, OnlyAServerThatAsksNobodyIsBoundToThisMachinesName) {
    EXPECT_TRUE(good({}).api.loopback_only);
    EXPECT_FALSE(good({"--stored-tokens"}).api.loopback_only);
    EXPECT_FALSE(good({"--insecure-no-auth"}).api.loopback_only);
}

TEST(Options, WhoMayDoWhatGoesTogether) {
    EXPECT_THAT(bad({"--insecure-no-auth", "--stored-tokens"}).text, HasSubstr("contradict"));
    EXPECT_THAT(bad({"--jwt-issuer", "x"}).text, HasSubstr("--jwt-keys"));
    for (const char* origin : {"example.com", "https://", "https://a/b", "ftp://a", "https://a, https://b"})
        EXPECT_THAT(bad({"--allow-origin", origin}).text, HasSubstr("--allow-origin")) << origin;
    const Options options = good({"--allow-origin", "https://a", "--allow-origin", "http://b:1", "--address-rate", "0",
                                  "--namespace-keys", "7", "--memory-budget", "1000000", "--audit", "/x"});
    EXPECT_EQ(options.api.allowed_origins, (std::vector<std::string>{"https://a", "http://b:1"}));
    EXPECT_EQ(options.api.address_rate.per_second, 0U);
    EXPECT_EQ(options.api.max_namespace_keys, 7U);
    EXPECT_EQ(options.access.memory_budget, 1'000'000U);
    EXPECT_EQ(options.access.audit, "/x");
}

TEST(Options, APortIsSharedByProcessesOnOneEtcdOnly) {
    EXPECT_THAT(bad({"--reuse-port"}).text, HasSubstr("an embedded store belongs to one process"));
    EXPECT_THAT(bad({"--reuse-port", "--store", "etcd:h:1", "--listen", "127.0.0.1:0"}).text, HasSubstr("not 0"));
    EXPECT_TRUE(good({"--reuse-port", "--store", "etcd:h:1"}).server.reuse_port);
    EXPECT_FALSE(good({"--store", "etcd:h:1"}).server.reuse_port);
    EXPECT_TRUE(good({"--store", "etcd:h:1"}).api.shared_tickets) << "other machines may use the etcd";
    EXPECT_FALSE(good({}).api.shared_tickets);
}

TEST(Options, WhatIsNotUnderstoodIsAUsageErrorWithASentence) {
    const std::vector<std::vector<const char*>> table{{"--nonsense"},
                                                      {"stray"},
                                                      {"--listen"},
                                                      {"--listen", "nonsense"},
                                                      {"--listen", "::1:8080"},
                                                      {"--listen", "example.org:80"},
                                                      {"--listen", "127.0.0.1:70000"},
                                                      {"--listen", "127.0.0.1:-1"},
                                                      {"--listen", "127.0.0.1:"},
                                                      {"--store", "nonsense:x"},
                                                      {"--store", "sqlite:"},
                                                      {"--store", "./data"},
                                                      {"--prefix", "noslash"},
                                                      {"--prefix", "/a//b/"},
                                                      {"--log-level", "loud"},
                                                      {"--log-format", "xml"},
                                                      {"--synchronous", "off"},
                                                      {"--max-value", "1MB"},
                                                      {"--max-value", "0"},
                                                      {"--max-value", "-1"},
                                                      {"--max-filters", "0"},
                                                      {"--max-filters", "x"},
                                                      {"--max-operations", "65"},
                                                      {"--idle-timeout", "75"},
                                                      {"--idle-timeout", "1d"},
                                                      {"--listen", "127.0.0.1:1", "--listen", "127.0.0.1:2"}};
    for (const auto& arguments : table) {
        const auto parsed = parse(arguments);
        ASSERT_TRUE(std::holds_alternative<Ending>(parsed)) << arguments.back();
        const Ending& ending = std::get<Ending>(parsed);
        EXPECT_EQ(ending.code, 2) << arguments.back();
        EXPECT_TRUE(ending.text.starts_with("confcastd: ")) << ending.text;
        EXPECT_TRUE(ending.text.ends_with("\n"));
        EXPECT_EQ(std::ranges::count(ending.text, '\n'), 1) << ending.text;
    }
}

TEST(Options, EtcdTakesItsEndpoints) {
    const Options options = good({"--store", "etcd:10.0.0.1:2379,etcd.example.org:1,[::1]:65535"});
    EXPECT_THAT(options.etcd.endpoints, testing::ElementsAre("10.0.0.1:2379", "etcd.example.org:1", "[::1]:65535"));
    EXPECT_EQ(options.store_name, "etcd:10.0.0.1:2379,etcd.example.org:1,[::1]:65535");
    EXPECT_THAT(good({}).etcd.endpoints, testing::IsEmpty());
}

TEST(Options, EtcdHasFlags) {
    const Options options = good({"--store",
                                  "etcd:h:1",
                                  "--etcd-ca",
                                  "ca",
                                  "--etcd-cert",
                                  "cert",
                                  "--etcd-key",
                                  "key",
                                  "--etcd-user",
                                  "u",
                                  "--etcd-password-file",
                                  "pw",
                                  "--etcd-dial-timeout",
                                  "1s",
                                  "--etcd-call-timeout",
                                  "2s",
                                  "--etcd-coalesce-writes",
                                  "on",
                                  "--etcd-probe-interval",
                                  "0s",
                                  "--etcd-probe-timeout",
                                  "4ms",
                                  "--etcd-check-interval",
                                  "5s",
                                  "--etcd-out-after",
                                  "6",
                                  "--etcd-back-after",
                                  "7"});
    EXPECT_EQ(options.etcd.ca, "ca");
    EXPECT_EQ(options.etcd.certificate, "cert");
    EXPECT_EQ(options.etcd.key, "key");
    EXPECT_EQ(options.etcd.user, "u");
    EXPECT_EQ(options.etcd.password_file, "pw");
    EXPECT_EQ(options.etcd.dial_timeout, std::chrono::seconds(1));
    EXPECT_EQ(options.etcd.call_timeout, std::chrono::seconds(2));
    EXPECT_EQ(options.etcd.coalesce_writes, "on");
    EXPECT_EQ(options.etcd.connect_interval.count(), 0);
    EXPECT_EQ(options.etcd.connect_timeout, std::chrono::milliseconds(4));
    EXPECT_EQ(options.etcd.ask_interval, std::chrono::seconds(5));
    EXPECT_EQ(options.etcd.out_after, 6);
    EXPECT_EQ(options.etcd.back_after, 7);
}

TEST(Options, WhatOfEtcdDoesNotGoTogetherIsRefused) {
    for (const char* store : {"etcd:", "etcd:host", "etcd:host:", "etcd:host:0", "etcd:host:70000", "etcd::1",
                              "etcd:h:1,", "etcd:h:1,,h:2", "etcd:::1:1", "etcd:http://h:1", "etcd:h:1 ,i:2"})
        EXPECT_EQ(bad({"--store", store}).code, 2) << store;
    const std::vector<std::vector<const char*>> alone{
        {"--etcd-cert", "f", "--etcd-ca", "f"},  {"--etcd-key", "f", "--etcd-ca", "f"},
        {"--etcd-cert", "f", "--etcd-key", "f"}, {"--etcd-user", "u"},
        {"--etcd-password-file", "f"},           {"--etcd-call-timeout", "0s"},
        {"--etcd-dial-timeout", "0ms"},          {"--etcd-coalesce-writes", "maybe"},
        {"--etcd-probe-timeout", "0s"},          {"--etcd-out-after", "0"}};
    for (auto arguments : alone) {
        arguments.insert(arguments.end(), {"--store", "etcd:h:1"});
        EXPECT_THAT(bad(arguments).text, HasSubstr("--etcd-")) << arguments.front();
    }
    EXPECT_THAT(bad({"--etcd-ca", "f"}).text, HasSubstr("--store etcd:"));
}

TEST(Options, LimitsHaveFlags) {
    const Options options =
        good({"--max-value",      "2MiB",  "--idle-timeout",    "500ms",  "--journal-changes",     "10",
              "--journal-bytes",  "1KiB",  "--retention-age",   "2h",     "--retention-revisions", "0",
              "--coalesce-after", "7",     "--max-connections", "0",      "--anti-entropy",        "0s",
              "--drain-timeout",  "1s",    "--synchronous",     "normal", "--log-format",          "json",
              "--log-level",      "debug", "--write-timeout",   "3s",     "--ping-interval",       "9s"});
    EXPECT_EQ(options.api.max_value, 2U << 20U);
    EXPECT_EQ(options.server.idle_timeout, std::chrono::milliseconds(500));
    EXPECT_EQ(options.feed.journal.max_changes, 10U);
    EXPECT_EQ(options.feed.journal.max_bytes, 1024U);
    EXPECT_EQ(options.store.retention_age, std::chrono::hours(2));
    EXPECT_EQ(options.store.retention_revisions, 0);
    EXPECT_EQ(options.push.coalesce_after, 7U);
    EXPECT_EQ(options.feed.anti_entropy.count(), 0);
    EXPECT_EQ(options.drain_timeout, std::chrono::seconds(1));
    EXPECT_FALSE(options.store.synchronous_full);
    EXPECT_EQ(options.log_format, LogFormat::json);
    EXPECT_EQ(options.log_level, LogLevel::debug);
    EXPECT_EQ(options.push.write_timeout, std::chrono::seconds(3)) << "one time-out for both";
    EXPECT_EQ(options.push.heartbeat, std::chrono::seconds(9)) << "told in welcome as it is";
}

TEST(Options, SignsOfLifeHaveAPace) {
    EXPECT_EQ(good({"--stream-keep-alive", "7s"}).server.stream_keep_alive, std::chrono::seconds(7));
    EXPECT_THAT(bad({"--stream-keep-alive", "0s"}).text, HasSubstr("at least 1s"));
}

TEST(Options, HelpShowsEveryDefaultAndEndsWell) {
    const Ending ending = bad({"--help"});
    EXPECT_EQ(ending.code, 0);
    for (const char* word : {"--listen", "127.0.0.1:8080", "--store", "sqlite:./data", "--prefix", "/config/",
                             "--log-level", "--max-value", "1MiB", "--idle-timeout", "75s", "--retention-age", "24h"})
        EXPECT_THAT(ending.text, HasSubstr(word));
    EXPECT_EQ(bad({"--version"}).code, 0);
    EXPECT_THAT(bad({"--version"}).text, HasSubstr("confcastd "));
}

}  // namespace
}  // namespace confcast::app
