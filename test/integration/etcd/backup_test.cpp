// A dump of a server that is written to, restored into the other kind of store, by the real programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "confcast/backup/dump_file.hpp"
#include "confcast/base/base64.hpp"
#include "workshop.hpp"

namespace confcast::test {
namespace {

using Settings = std::map<std::string, std::string>;
using testing::HasSubstr;

struct Outcome {
    int code = -1;
    std::string output;
};

Outcome run(std::vector<std::string> words) {
    const TemporaryDirectory directory;
    ChildProcess process(std::move(words), directory.path() / "log");
    const auto code = process.wait(std::chrono::seconds{120});
    return {code.value_or(-1), process.output()};
}

Outcome backup(const Server& server, const std::filesystem::path& file) {
    return run({CONFCAST, "backup", file.string(), "-s", "http://" + server.endpoint().to_string()});
}

Outcome restore(const std::filesystem::path& file, const std::string& store, const std::string& prefix = "/config/") {
    return run({Server::binary(), "restore", "--store", store, "--prefix", prefix, file.string()});
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Settings read(const std::filesystem::path& file, std::int64_t& revision) {
    auto dump = backup::DumpFile::open(file);
    if (const auto whole = dump->check(); !whole) throw std::runtime_error(std::string(whole.error().detail("reason")));
    revision = dump->header().revision;
    Settings settings;
    for (;;) {
        const auto record = dump->next();
        if (!record || !*record) return settings;
        const auto& setting = std::get<backup::DumpSetting>(**record);
        settings[setting.key] = setting.value;
    }
}

/// What etcd itself says there was.
Settings etcd_at(const EtcdCluster& etcd, std::int64_t revision) {
    const auto listed =
        json::parse(etcd.ctl({"get", "--prefix", "/config/", "--rev=" + std::to_string(revision), "-w", "json"}));
    Settings settings;
    for (const auto& kv : listed.at("kvs").as_array())
        settings[base64_decode(kv.at("key").as_string())->substr(8)] = *base64_decode(kv.at("value").as_string());
    return settings;
}

Settings values_of(const Server& server) {
    Settings settings;
    for (const auto& [key, known] : list_all(server, "")) settings[key] = known.value;
    return settings;
}

void fill(const Server& server, int count) {
    load::HttpClient http = server.http();
    for (int i = 0; i < count; i += 50) {
        json::array puts;
        for (int j = i; j < i + 50; ++j)
            puts.push_back(json::object{{"key", "bulk/" + std::to_string(10'000'000 + j)},
                                        {"value", "value \"" + std::to_string(j) + "\"\n"},
                                        {"message", "filled"}});
        const std::string body = json::serialize(json::object{{"put", std::move(puts)}});
        const auto answer = http.request("POST", "/api/v1/txn", {{"Content-Type", "application/json"}}, body);
        ASSERT_EQ(answer.status, 200U) << answer.body;
    }
}

TEST(Backup, OfABusyServerIsRestoredIntoTheOtherKindOfStoreAndBack) {
    const EtcdCluster etcd({.members = 1});
    const TemporaryDirectory directory;
    const auto first = directory.path() / "first.dump";
    const auto second = directory.path() / "second.dump";
    const Server busy(on_etcd(etcd.endpoints()));
    fill(busy, 10'000);
    {
        Writers writers(busy, {.threads = 4, .prefix = "bulk/", .keys = 500, .delete_every = 5});
        const Outcome kept = backup(busy, first);
        ASSERT_EQ(kept.code, 0) << kept.output;
        writers.stop();
        EXPECT_EQ(writers.failures(), 0U);
        EXPECT_GT(writers.acknowledged(), 0U);
    }
    std::int64_t revision = 0;
    const Settings dumped = read(first, revision);
    EXPECT_GE(dumped.size(), 10'000U);
    EXPECT_EQ(dumped, etcd_at(etcd, revision));
    EXPECT_EQ(std::filesystem::status(first).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

    const std::string store = "sqlite:" + (directory.path() / "restored").string();
    const Outcome restored = restore(first, store);
    ASSERT_EQ(restored.code, 0) << restored.output;
    const Server other({.store = store});
    EXPECT_EQ(values_of(other), dumped);
    const auto entry = envelope_of(other.http().get("/config/bulk/10000007")).at("data");
    EXPECT_EQ(entry.at("message"), "filled");

    ASSERT_EQ(backup(other, second).code, 0);
    const Outcome back = restore(second, "etcd:" + etcd.endpoints(), "/second/");
    ASSERT_EQ(back.code, 0) << back.output;
    ServerSetup setup = on_etcd(etcd.endpoints());
    setup.flags.insert(setup.flags.end(), {"--prefix", "/second/"});
    EXPECT_EQ(values_of(Server(setup)), dumped);
}

TEST(Backup, WhatIsNotWholeOrHasNoRoomIsRefusedAndNothingIsWritten) {
    const TemporaryDirectory directory;
    const auto file = directory.path() / "dump";
    const auto bad = directory.path() / "bad";
    const Server server({.directory = directory.path() / "store"});
    server.put("a", "1");
    server.put("b", "2");
    ASSERT_EQ(backup(server, file).code, 0);
    const std::string good = bytes_of(file);
    const auto empty = directory.path() / "empty";
    for (std::size_t i = 0; i < good.size(); i += 17) {
        std::string flipped = good;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        std::ofstream(bad, std::ios::binary | std::ios::trunc) << flipped;
        EXPECT_EQ(restore(bad, "sqlite:" + empty.string()).code, 7) << i;
    }
    std::ofstream(bad, std::ios::binary | std::ios::trunc) << good.substr(0, good.size() / 2);
    const Outcome cut = restore(bad, "sqlite:" + empty.string());
    EXPECT_EQ(cut.code, 7);
    EXPECT_THAT(cut.output, HasSubstr("it has been cut"));
    EXPECT_FALSE(std::filesystem::exists(empty));

    EXPECT_EQ(restore(file, "sqlite:" + empty.string()).code, 0);
    const Outcome again = restore(file, "sqlite:" + empty.string());
    EXPECT_EQ(again.code, 1);
    EXPECT_THAT(again.output, HasSubstr("not empty"));
    EXPECT_EQ(restore(file, "sqlite:" + server.directory().string()).code, 1) << "a server uses it";
    EXPECT_EQ(run({Server::binary(), "restore"}).code, 2);
    EXPECT_EQ(run({Server::binary(), "restore", "--store", "nonsense", file.string()}).code, 2);
}

TEST(Backup, AReaderThatStopsCostsLittleAndIsCut) {
    const TemporaryDirectory directory;
    const Server server({.flags = {"--write-timeout", "1s"}, .directory = directory.path() / "store"});
    const std::string value(200'000, 'x');
    for (int i = 0; i < 200; ++i) server.put("large/" + std::to_string(i), value);
    const std::uint64_t before = server.resident_bytes();
    auto socket = load::Socket::connect(server.endpoint(), std::chrono::seconds{10}, 4096);
    socket.write_all(load::http_request("GET", "/api/v1/snapshot"), load::Clock::now() + std::chrono::seconds{10});
    const auto streams = [&] {
        const std::string metrics = server.http().get("/metrics").body;
        const auto at = metrics.find("\nconfcast_http_streams ");
        return at == std::string::npos ? std::string() : metrics.substr(at + 1, metrics.find('\n', at + 1) - at - 1);
    };
    ASSERT_TRUE(eventually([&] { return streams() == "confcast_http_streams 1"; }));
    std::uint64_t most = 0;
    ASSERT_TRUE(eventually([&] {
        most = std::max(most, server.resident_bytes());
        return streams() == "confcast_http_streams 0";
    })) << "it takes nothing, and is not cut";
    // A page of such values is 1.6 MB, and is there twice while it becomes text; all of it is 40 MB.
    if (!sanitized()) EXPECT_LT(most, before + (12U << 20U));
    EXPECT_EQ(server.http().get("/config/large/7").status, 200U);
}

TEST(Backup, AFailedOneLeavesWhatWasThere) {
    const TemporaryDirectory directory;
    const auto file = directory.path() / "dump";
    std::ofstream(file) << "the last good one";
    Server server({.directory = directory.path() / "store"});
    server.kill();
    EXPECT_EQ(backup(server, file).code, 6) << "unreachable";
    EXPECT_EQ(bytes_of(file), "the last good one");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 2) << "no draft is left";
}

}  // namespace
}  // namespace confcast::test
