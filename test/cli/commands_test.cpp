// Every command on the real tool and a real server: what it prints, in each form, and its exit code.
#include <gtest/gtest.h>

#include <algorithm>

#include "confcast/load/websocket.hpp"
#include "tool.hpp"

namespace confcast::test {
namespace {

class Commands : public testing::Test {
  protected:
    Server server;
    Tool tool{server};
};

TEST_F(Commands, PutGetAndDel) {
    Ended ended = tool.run({"put", "app/port", "8080", "-m", "why", "--content-type", "text/x-port"});
    EXPECT_EQ(ended.code, 0) << ended.error;
    EXPECT_EQ(ended.out, "created app/port at revision 2\n");
    EXPECT_EQ(tool.run({"put", "app/port", "8081"}).out, "replaced app/port at revision 3\n");
    EXPECT_EQ(tool.run({"get", "app/port"}).out, "8081\n");
    EXPECT_EQ(tool.run({"get", "app/port", "--raw"}).out, "8081");
    EXPECT_EQ(tool.run({"get", "app/port", "--revision", "2"}).out, "8080\n");
    ended = tool.run({"get", "app/port", "-o", "json"});
    EXPECT_EQ(ended.json().at("value").as_string(), "8081");
    EXPECT_EQ(ended.json().at("mod_revision").as_int64(), 3);
    EXPECT_NE(tool.run({"get", "app/port", "-o", "yaml"}).out.find("value: \"8081\"\n"), std::string::npos);
    EXPECT_NE(tool.run({"get", "app/port", "-o", "table"}).out.find("KEY       REVISION  VERSION"), std::string::npos);
    EXPECT_EQ(tool.run({"get", "app/port", "--linearizable", "--min-revision", "3"}).out, "8081\n");
    ended = tool.run({"put", "app/port", "1", "-o", "json"});
    EXPECT_EQ(ended.json().at("version").as_int64(), 3);
    ended = tool.run({"del", "app/port", "-o", "json"});
    EXPECT_EQ(ended.json().at("key").as_string(), "app/port");
    ended = tool.run({"get", "app/port"});
    EXPECT_EQ(ended.code, 3);
    EXPECT_EQ(ended.out, "");
    EXPECT_NE(ended.error.find("confcast: There is no setting \"app/port\""), std::string::npos) << ended.error;
}

TEST_F(Commands, ValuesComeFromWordsFilesAndInput) {
    std::string bytes("\x00\xff\n\x1b", 4);
    write_file(tool.home() / "value", bytes);
    EXPECT_EQ(tool.run({"put", "a", "@" + (tool.home() / "value").string()}).code, 0);
    EXPECT_EQ(tool.run({"get", "a", "--raw"}).out, bytes);
    EXPECT_EQ(tool.run({"get", "a", "-o", "json"}).json().at("encoding").as_string(), "base64");
    EXPECT_EQ(tool.run({"put", "b", "-"}, "from input").code, 0);
    EXPECT_EQ(tool.run({"get", "b"}).out, "from input\n");
    EXPECT_EQ(tool.run({"put", "c", ""}).code, 0);
    EXPECT_EQ(tool.run({"get", "c", "--raw"}).out, "");
    EXPECT_EQ(tool.run({"put", "d", "@/none/such"}).code, 2);
}

TEST_F(Commands, ConditionsAreConflictsWhenTheyDoNotHold) {
    EXPECT_EQ(tool.run({"put", "a", "1", "--create"}).code, 0);
    EXPECT_EQ(tool.run({"put", "a", "2", "--create"}).code, 4);
    EXPECT_EQ(tool.run({"put", "a", "2", "--if-revision", "99"}).code, 4);
    EXPECT_EQ(tool.run({"put", "a", "2", "--if-revision", "2"}).code, 0);
    EXPECT_EQ(tool.run({"put", "a", "2", "--if-revision", "2", "--create"}).code, 2);
    EXPECT_EQ(tool.run({"del", "a", "--if-revision", "2"}).code, 4);
    EXPECT_EQ(tool.run({"get", "a"}).out, "2\n");
}

TEST_F(Commands, DryRunsShowAndChangeNothing) {
    tool.run({"put", "a", "one\ntwo\n"});
    const Ended ended = tool.run({"put", "a", "one\n2\n", "--dry-run"});
    EXPECT_EQ(ended.out, " one\n-two\n+2\nwould replace a\n");
    EXPECT_EQ(tool.run({"put", "b", "x", "--dry-run"}).out, "+x\nwould create b\n");
    EXPECT_EQ(tool.run({"del", "a", "--dry-run"}).out, "would delete a at revision 2\n");
    EXPECT_EQ(tool.run({"del", "b", "--dry-run"}).code, 3);
    EXPECT_EQ(tool.run({"txn", R"({"put":[{"key":"a","value":"3"}]})", "--dry-run"}).code, 0);
    EXPECT_EQ(tool.run({"get", "a", "--raw"}).out, "one\ntwo\n");
}

TEST_F(Commands, SettingsMayHaveATimeToLive) {
    EXPECT_EQ(tool.run({"put", "a", "1", "--ttl", "5m"}).code, 0);
    EXPECT_EQ(tool.run({"get", "a", "-o", "json"}).json().at("ttl").as_int64(), 300);
    EXPECT_EQ(tool.run({"put", "a", "1", "--ttl", "500ms"}).code, 2);
    EXPECT_EQ(tool.run({"put", "a", "1", "--ttl", "soon"}).code, 2);
}

TEST_F(Commands, SeveralAreDeletedTogetherOrNotAtAll) {
    for (const auto* key : {"a", "b", "c"}) tool.run({"put", key, "1"});
    EXPECT_EQ(tool.run({"del", "a", "none"}).code, 3);
    EXPECT_EQ(tool.run({"get", "a"}).code, 0);
    EXPECT_EQ(tool.run({"del", "a", "b"}).out, "deleted a at revision 5\ndeleted b at revision 5\n");
    EXPECT_EQ(tool.run({"ls", "-o", "value"}).out, "c\n");
}

TEST_F(Commands, LsListsAllPages) {
    for (int i = 0; i < 12; ++i) {
        std::string body = R"({"put":[)";
        for (int k = 0; k < 50; ++k)
            body +=
                (k > 0 ? ",{" : "{") + (R"("key":"many/)" + std::to_string(1000 + 50 * i + k) + R"(","value":"x"})");
        ASSERT_EQ(tool.run({"txn", "-"}, body + "]}").code, 0);
    }
    tool.run({"put", "other", "1"});
    const Ended all = tool.run({"ls", "many/", "-o", "json"});
    ASSERT_EQ(all.json().at("entries").as_array().size(), 600U);
    EXPECT_EQ(all.json().at("entries").at(599).at("key").as_string(), "many/1599");
    const std::string keys = tool.run({"ls", "many/", "-o", "value"}).out;
    EXPECT_EQ(std::count(keys.begin(), keys.end(), '\n'), 600);
    EXPECT_NE(tool.run({"ls"}).out.find("\nother "), std::string::npos);
    EXPECT_FALSE(
        tool.run({"ls", "oth", "--meta", "-o", "json"}).json().at("entries").at(0).as_object().contains("value"));
    EXPECT_EQ(tool.run({"ls", "none/", "-o", "json"}).json().at("entries").as_array().size(), 0U);
}

TEST_F(Commands, TxnIsAllOrNothing) {
    const Ended done = tool.run({"txn", R"({"put":[{"key":"a","value":"1"},{"key":"b","value":"2"}]})", "-o", "json"});
    EXPECT_EQ(done.json().at("revision").as_int64(), 2);
    EXPECT_EQ(tool.run({"txn", R"({"compare":[{"key":"a","mod_revision":7}],"delete":["b"]})"}).code, 4);
    EXPECT_EQ(tool.run({"txn", "{"}).code, 7);
    EXPECT_EQ(tool.run({"txn", R"({"puts":[]})"}).code, 7);
    EXPECT_EQ(tool.run({"txn", R"({"delete":["a","none"]})"}).out,
              "OPERATION  KEY   RESULT\ndelete     a     deleted\ndelete     none  was not there\nrevision 3\n");
}

TEST_F(Commands, DiffKeepsItsOwnExitCodes) {
    tool.run({"put", "app/a", "one\n"});
    tool.run({"put", "app/sub/b", "two\n"});
    const auto directory = tool.home() / "tree";
    EXPECT_EQ(tool.run({"export", "app/", "-f", directory.string()}).out, "wrote 2 files\n");
    EXPECT_EQ(read_file(directory / "sub" / "b"), "two\n");
    EXPECT_EQ(tool.run({"diff", "app/", directory.string()}).code, 0);
    EXPECT_EQ(tool.run({"diff", "app/a", (directory / "a").string()}).code, 0);
    write_file(directory / "a", "1\n");
    const Ended ended = tool.run({"diff", "app/a", (directory / "a").string()});
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.out, "-one\n+1\n");
    EXPECT_EQ(tool.run({"diff", "app/", directory.string()}).code, 1);
    EXPECT_EQ(tool.run({"diff", "app/none", (directory / "a").string()}).code, 2);
    EXPECT_EQ(tool.run({"diff", "app/a", "/none/such"}).code, 2);
}

TEST_F(Commands, ApplyMakesAPrefixLikeADirectory) {
    tool.run({"put", "app/old", "x"});
    tool.run({"put", "app/same", "s"});
    tool.run({"put", "other", "x"});
    const auto directory = tool.home() / "tree";
    write_file(directory / "same", "s");
    write_file(directory / "deep" / "new", "n");
    write_file(directory / ".hidden", "h");
    const std::vector<std::string> apply{"apply", "-f", directory.string(), "app/"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), apply.begin(), apply.end());
        return tool.run(more);
    };
    EXPECT_EQ(with({"--prune", "--dry-run"}).out,
              "+ app/deep/new\n+n\n- app/old\n-x\n1 to create, 0 to replace, 1 to delete\n");
    EXPECT_EQ(tool.run({"ls", "app/", "-o", "value"}).out, "app/old\napp/same\n");
    EXPECT_EQ(with({}).code, 0);
    EXPECT_EQ(tool.run({"ls", "app/", "-o", "value"}).out, "app/deep/new\napp/old\napp/same\n");
    EXPECT_EQ(with({"--prune", "-m", "cleanup"}).code, 0);
    EXPECT_EQ(tool.run({"ls", "-o", "value"}).out, "app/deep/new\napp/same\nother\n");
    EXPECT_EQ(with({"--prune"}).out, "0 to create, 0 to replace, 0 to delete\n");
    EXPECT_EQ(tool.run({"apply", "-f", "/none/such", "app/"}).code, 2);
}

TEST_F(Commands, ImportTakesDumpsOfThreeKinds) {
    tool.run({"put", "app/a", "1"});
    tool.run({"put", "app/bytes", "@" + [this] {
                  write_file(tool.home() / "v", "\xff");
                  return (tool.home() / "v").string();
              }()});
    const std::string own = tool.run({"export", "app/"}).out;
    ASSERT_EQ(tool.run({"import", "-", "--strip", "app/", "--prefix", "copy/"}, own).code, 0);
    EXPECT_EQ(tool.run({"get", "copy/a"}).out, "1\n");
    EXPECT_EQ(tool.run({"get", "copy/bytes", "--raw"}).out, "\xff");
    const std::string etcd = R"({"header":{},"kvs":[{"key":"L29sZC94","value":"MQ=="},{"key":"L29sZC95"}],"count":2})";
    ASSERT_EQ(tool.run({"import", "-", "--strip", "/old/", "--prefix", "etcd/"}, etcd).code, 0);
    EXPECT_EQ(tool.run({"get", "etcd/x"}).out, "1\n");
    EXPECT_EQ(tool.run({"get", "etcd/y", "--raw"}).out, "");
    const std::string consul = R"([{"key":"consul/x","flags":0,"value":"aGVsbG8="}])";
    EXPECT_EQ(tool.run({"import", "-", "--dry-run"}, consul).out,
              "+ consul/x\n+hello\n1 to create, 0 to replace, 0 to delete\n");
    ASSERT_EQ(tool.run({"import", "-"}, consul).code, 0);
    EXPECT_EQ(tool.run({"get", "consul/x"}).out, "hello\n");
    const std::string tree = tool.run({"export", "app/", "-o", "yaml"}).out;
    EXPECT_EQ(tree, "---\na: \"1\"\nbytes: !!binary \"/w==\"\n");
    ASSERT_EQ(tool.run({"import", "-", "--prefix", "yaml/"}, tree).code, 0);
    EXPECT_EQ(tool.run({"get", "yaml/bytes", "--raw"}).out, "\xff");
    for (const auto* bad : {"", "7", "{}", R"([{"key":1}])", R"([{"key":"a","value":"#"}])"})
        EXPECT_EQ(tool.run({"import", "-"}, bad).code, 7) << bad;
    EXPECT_EQ(tool.run({"import", "-", "--strip", "no/"}, own).code, 7);
}

TEST_F(Commands, ManySettingsAreImportedInSeveralTransactions) {
    std::string dump = R"({"entries":[)";
    for (int i = 0; i < 170; ++i)
        dump += (i > 0 ? ",{" : "{") + (R"("key":"bulk/)" + std::to_string(i) + R"(","value":"v"})");
    ASSERT_EQ(tool.run({"import", "-"}, dump + "]}").code, 0);
    EXPECT_EQ(tool.run({"ls", "bulk/", "-o", "json"}).json().at("entries").as_array().size(), 170U);
}

TEST_F(Commands, NotifyTellsOnce) {
    EXPECT_EQ(tool.run({"notify", "jobs", R"({"n":1})", "--id", "7"}).out, "told at revision 2\n");
    EXPECT_EQ(tool.run({"notify", "jobs", R"({"n":1})", "--id", "7"}).out, "told before, at revision 2\n");
    EXPECT_FALSE(tool.run({"notify", "jobs", "1", "-o", "json"}).json().at("duplicate").as_bool());
    EXPECT_EQ(tool.run({"notify", "jobs", "{"}).code, 7);
    EXPECT_EQ(tool.run({"notify", "a//b", "1"}).code, 2);
}

TEST_F(Commands, ClientsShowsWhoListensAndClosesThem) {
    load::WebSocketClient listener(server.endpoint(), "/ws?prefix=app/&client_id=billing&label=region:eu");
    ASSERT_TRUE(listener.receive());
    const json::value all = tool.run({"clients", "-o", "json"}).json();
    ASSERT_EQ(all.at("clients").as_array().size(), 1U);
    const std::string id(all.at("clients").at(0).at("id").as_string());
    EXPECT_NE(tool.run({"clients"}).out.find("billing"), std::string::npos);
    EXPECT_EQ(tool.run({"clients", "-o", "value", "--client-id", "billing", "--label", "region:eu"}).out, id + '\n');
    EXPECT_EQ(tool.run({"clients", "-o", "value", "--client-id", "other"}).out, "");
    EXPECT_EQ(tool.run({"clients", "--close", id}).out, "closed " + id + '\n');
    while (listener.receive()) {
    }
    EXPECT_EQ(listener.close_code(), 1008);
    listener.abort();
    int code = 0;
    for (int i = 0; i < 100 && code == 0; ++i) code = tool.run({"clients", "--close", id}).code;
    EXPECT_EQ(code, 3) << "it has gone";
}

TEST_F(Commands, CheckAndVersion) {
    EXPECT_EQ(tool.run({"check"}).out.substr(0, 6), "ready\n");
    EXPECT_EQ(tool.run({"check", "-o", "json"}).json().at("checks").at("store").as_string(), "ok");
    EXPECT_EQ(tool.run({"version", "-o", "json"}).json().as_object().size(), 2U);
    EXPECT_EQ(tool.run({"version", "--client", "-s", "127.0.0.1:1"}).code, 0);
    EXPECT_EQ(tool.run({"check", "-s", "127.0.0.1:1"}).code, 6);
    EXPECT_EQ(tool.run({"get", "a", "-s", "127.0.0.1:1," + Tool::address(server)}).code, 3) << "the second answers";
}

TEST_F(Commands, ContextsKeepServersAndTokens) {
    Tool other("");
    EXPECT_EQ(other.run({"context", "set", "here", "--to", Tool::address(server), "--with-token", "secret"}).code, 0);
    EXPECT_EQ(other.run({"context", "set", "there", "--to", "127.0.0.1:1"}).code, 0);
    EXPECT_EQ(other.run({"check"}).code, 0) << "the first is in use";
    EXPECT_EQ(other.run({"context", "use", "there"}).code, 0);
    EXPECT_EQ(other.run({"check"}).code, 6);
    EXPECT_EQ(other.run({"check", "--context", "here"}).code, 0);
    EXPECT_EQ(other.run({"check", "-s", Tool::address(server)}).code, 0) << "a flag is stronger";
    EXPECT_EQ(other.run({"context", "ls"}).out.find("secret"), std::string::npos);
    EXPECT_TRUE(other.run({"context", "ls", "-o", "json"}).json().at("contexts").at(0).at("token").as_bool());
    const auto file = other.home() / "config" / "confcast" / "contexts.json";
    EXPECT_EQ(std::filesystem::status(file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::permissions(file, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    EXPECT_EQ(other.run({"context", "ls"}).code, 1) << "others can read the tokens";
    std::filesystem::permissions(file, std::filesystem::perms::others_read, std::filesystem::perm_options::remove);
    EXPECT_EQ(other.run({"context", "rm", "there"}).code, 0);
    EXPECT_EQ(other.run({"context", "use", "there"}).code, 3);
    EXPECT_EQ(other.run({"check", "--context", "none"}).code, 2);
    EXPECT_EQ(other.run({"context", "dance"}).code, 2);
    write_file(file, "{");
    EXPECT_EQ(other.run({"context", "ls"}).code, 1);
}

TEST_F(Commands, BenchLoadsAServerAndChecksWhatItDelivers) {
    for (const auto* what : {"get", "put"}) {
        const json::value figures = tool.run({"bench", what, "--seconds", "0.2", "-o", "json"}).json();
        EXPECT_GT(figures.at("requests").to_number<std::uint64_t>(), 0U);
        EXPECT_EQ(figures.at("failures").to_number<std::uint64_t>(), 0U);
    }
    const json::value pushed = tool.run({"bench", "push", "--seconds", "0.2", "--clients", "20", "-o", "json"}).json();
    EXPECT_EQ(pushed.at("clients").to_number<std::uint64_t>(), 20U);
    EXPECT_GT(pushed.at("deliveries").to_number<std::uint64_t>(), 0U);
    EXPECT_EQ(pushed.at("lost").to_number<std::uint64_t>(), 0U);
    const Ended shown = tool.run({"bench", "put", "--seconds", "0.2"});
    EXPECT_EQ(shown.code, 0) << shown.error;
    EXPECT_NE(shown.out.find(" #"), std::string::npos) << shown.out;
    EXPECT_EQ(tool.run({"bench", "dance"}).code, 2);
    EXPECT_EQ(tool.run({"bench", "get", "--payload", "1"}).code, 2);
    EXPECT_EQ(tool.run({"bench", "push", "-s", "127.0.0.1:1"}).code, 6);
}

TEST_F(Commands, VerifyFindsTheChecker) {
    const Ended ended =
        tool.run({"verify", "--connect", Tool::address(server), "--duration", "1", "--subscribers", "4"});
    EXPECT_EQ(ended.code, 0) << ended.error;
    EXPECT_NE(ended.out.find("gaps=0"), std::string::npos) << ended.out;
    EXPECT_NE(tool.run({"verify", "--help"}).out.find("--fault-every"), std::string::npos);
    EXPECT_EQ(tool.run({"verify", "--members", "2"}).code, 2);
}

TEST_F(Commands, MistakesAreUsageAndSayWhatWasMeant) {
    const auto error = [this](const std::vector<std::string>& words) {
        const Ended ended = tool.run(words);
        EXPECT_EQ(ended.code, 2);
        EXPECT_EQ(ended.out, "");
        return ended.error;
    };
    EXPECT_NE(error({"gte", "a"}).find("did you mean \"get\"?"), std::string::npos);
    EXPECT_NE(error({"put", "a", "1", "--if-revsion", "3"}).find("did you mean \"--if-revision\"?"), std::string::npos);
    EXPECT_NE(error({"help", "exprot"}).find("did you mean \"export\"?"), std::string::npos);
    error({"get"});
    error({"get", "a", "b"});
    error({"get", "a", "-o", "xml"});
    error({"get", "a//b"});
    error({"get", "a", "--timeout-per-call", "soon"});
    error({"get", "a", "--", "ls"});
    error({"get", "a", "-s", "ftp://x"});
}

TEST_F(Commands, EachHasHelpWithAnExample) {
    const Ended all = tool.run({"help"});
    EXPECT_EQ(all.code, 0);
    EXPECT_EQ(tool.run({}).out, all.out);
    EXPECT_EQ(tool.run({"--help"}).out, all.out);
    for (const auto* name : {"get", "put", "del", "ls", "watch", "txn", "diff", "export", "import", "apply", "notify",
                             "bench", "verify", "clients", "check", "context", "completion", "version"}) {
        EXPECT_NE(all.out.find("\n  " + std::string(name) + ' '), std::string::npos) << name;
        const Ended one = tool.run({"help", name});
        EXPECT_EQ(one.code, 0);
        EXPECT_NE(one.out.find("\nExamples:\n  "), std::string::npos) << name;
        if (name != std::string("verify")) EXPECT_EQ(tool.run({name, "--help"}).out, one.out);
    }
}

}  // namespace
}  // namespace confcast::test
