// confcast token and audit: who is let in by them, and how the tool ends for those who are not.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "tool.hpp"

namespace confcast::test {
namespace {

std::string one_line(std::string text) {
    EXPECT_FALSE(text.empty());
    if (!text.empty() && text.back() == '\n') text.pop_back();
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    return text;
}

/// A server that asks who comes; the file with its first token was made without it.
class Tokens : public testing::Test {
  protected:
    Tokens() {
        const Ended made =
            nobody.run({"token", "new", "admin", "--allow", "admin", "--allow", "read,write:**", "--file", file});
        EXPECT_EQ(made.code, 0) << made.error;
        admin_token = one_line(made.out);
        server.emplace(ServerSetup{.flags = {"--credentials", file, "--open-metrics"}});
        admin.emplace(*server);
        admin->set("CONFCAST_TOKEN", admin_token);
    }
    /// One that was granted by the server; its id.
    std::string grant(const std::vector<std::string>& words, std::string& text) {
        std::vector<std::string> all{"token", "new", "-o", "json"};
        all.insert(all.end(), words.begin(), words.end());
        const Ended made = admin->run(all);
        EXPECT_EQ(made.code, 0) << made.error;
        text = made.json().at("token").as_string();
        return std::string(made.json().at("id").as_string());
    }
    Ended as(const std::string& token, std::vector<std::string> words) const {
        words.insert(words.end(), {"--token", token});
        return admin->run(words);
    }

    TemporaryDirectory directory;
    const std::string file = (directory.path() / "credentials.json").string();
    Tool nobody{"http://127.0.0.1:9"};  // nobody listens there
    std::string admin_token;
    std::optional<Server> server;
    std::optional<Tool> admin;
};

TEST_F(Tokens, AFileNeedsNoServerAndIsItsOwnersAlone) {
    struct stat status{};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(read_file(file).find(admin_token), std::string::npos) << "the text is kept nowhere";
    EXPECT_EQ(nobody.run({"token", "new", "second", "--allow", "read:**", "--expires", "90d", "--file", file}).code, 0);
    const Ended listed = nobody.run({"token", "ls", "--file", file, "-o", "json"});
    const auto tokens = listed.json().at("tokens").as_array();
    ASSERT_EQ(tokens.size(), 2U);
    EXPECT_EQ(tokens[1].at("name").as_string(), "second");
    EXPECT_EQ(tokens[1].at("source").as_string(), "file");
    EXPECT_TRUE(tokens[1].as_object().contains("expires_at"));
    const std::string id(tokens[1].at("id").as_string());
    EXPECT_EQ(nobody.run({"token", "revoke", id, "--file", file}).code, 0);
    EXPECT_EQ(nobody.run({"token", "revoke", id, "--file", file}).code, 3);
    EXPECT_EQ(nobody.run({"token", "show", id, "--file", file}).code, 3);
}

TEST_F(Tokens, ThatAServerGrantsAreShownChangedAndRevoked) {
    const std::string text = one_line(admin->run({"token", "new", "ci", "--allow", "read,write:app/**"}).out);
    EXPECT_TRUE(text.starts_with("confcast_"));
    const std::string id = text.substr(9, 16);
    EXPECT_EQ(as(text, {"put", "app/a", "1"}).code, 0);
    const auto shown = admin->run({"token", "show", id, "-o", "json"}).json();
    EXPECT_EQ(shown.at("name").as_string(), "ci");
    EXPECT_EQ(shown.at("source").as_string(), "store");
    EXPECT_FALSE(shown.as_object().contains("expires_at"));
    EXPECT_FALSE(shown.as_object().contains("token"));

    const Ended changed =
        admin->run({"token", "set", id, "--allow", "read:app/**", "--name", "ro", "--expires", "1h", "-o", "json"});
    ASSERT_EQ(changed.code, 0) << changed.error;
    EXPECT_EQ(changed.json().at("name").as_string(), "ro");
    EXPECT_EQ(changed.json().at("permissions").as_array(), json::array{"read:app/**"});
    EXPECT_TRUE(changed.json().as_object().contains("expires_at"));
    EXPECT_FALSE(
        admin->run({"token", "set", id, "--expires", "never", "-o", "json"}).json().as_object().contains("expires_at"));
    EXPECT_EQ(as(text, {"put", "app/a", "2"}).code, 5);

    EXPECT_NE(admin->run({"token", "ls"}).out.find(id), std::string::npos);
    EXPECT_NE(admin->run({"token", "ls", "-o", "yaml"}).out.find("ro"), std::string::npos);
    EXPECT_EQ(admin->run({"token", "revoke", id}).out, "revoked " + id + '\n');
    EXPECT_EQ(admin->run({"token", "revoke", id}).code, 3);
    EXPECT_EQ(as(text, {"get", "app/a"}).code, 5);
    EXPECT_EQ(admin->run({"token", "ls", "-o", "value"}).out, admin_token.substr(9, 16) + '\n');
}

TEST_F(Tokens, SayWhoComes) {
    EXPECT_EQ(admin->run({"token", "whoami", "-o", "json"}).json().at("name").as_string(), "admin");
    EXPECT_NE(admin->run({"token", "whoami"}).out.find("read,write:**"), std::string::npos);
}

TEST_F(Tokens, ThatAreMissingOrTooWeakEndWithFive) {
    Tool stranger("http://" + Tool::address(*server));
    EXPECT_EQ(stranger.run({"get", "app/a"}).code, 5);
    EXPECT_EQ(stranger.run({"watch", "app/"}).code, 5);
    std::string reader;
    grant({"reader", "--allow", "read:app/**"}, reader);
    EXPECT_EQ(as(reader, {"token", "ls"}).code, 5);
    EXPECT_EQ(as(reader, {"audit"}).code, 5);
    EXPECT_EQ(as(reader, {"put", "app/a", "1"}).code, 5);
    EXPECT_EQ(as(reader, {"get", "other"}).code, 3) << "what may not be read is not there";
}

TEST_F(Tokens, ThatMakeNoSenseAreRefusedBeforeAnybodyIsAsked) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"token"},
                                               {"token", "make", "a"},
                                               {"token", "new", "--allow", "admin"},
                                               {"token", "new", "a"},
                                               {"token", "new", "a", "b", "--allow", "admin"},
                                               {"token", "new", "a", "--allow", "red:**"},
                                               {"token", "new", "a", "--allow", "read:/x"},
                                               {"token", "new", "a\nb", "--allow", "admin"},
                                               {"token", "new", "a", "--allow", "admin", "--expires", "90"},
                                               {"token", "new", "a", "--allow", "admin", "--expires", "0d"},
                                               {"token", "new", "a", "--allow", "admin", "--expires", "3661d"},
                                               {"token", "new", "a", "--allow", "red:**", "--file", "unwritten.json"},
                                               {"token", "set", "0123456789abcdef"},
                                               {"token", "set", "0123456789abcdef", "--name", "b", "--file", file},
                                               {"token", "revoke"},
                                               {"token", "ls", "--allow", "admin"},
                                               {"token", "ls", "more"}}) {
        const Ended ended = nobody.run(words);
        EXPECT_EQ(ended.code, 2) << words.back() << ": " << ended.error;
        EXPECT_EQ(ended.out, "");
    }
    const Ended wrong = nobody.run({"token", "new", "a", "--allow", "red:**"});
    EXPECT_NE(wrong.error.find("red:**"), std::string::npos) << wrong.error;
}

TEST_F(Tokens, AreExplainedToEyesAndNotToPipes) {
    const Ended seen = admin->run_in_terminal({"token", "new", "a", "--allow", "read:**"});
    EXPECT_NE(seen.out.find("shown once"), std::string::npos) << seen.out;
    EXPECT_EQ(admin->run_in_terminal({"token", "new", "a", "--allow", "read:**", "-o", "value"}).out.find("shown once"),
              std::string::npos);
}

TEST_F(Tokens, ComeFromAFileThatNobodyElseReads) {
    const std::string kept = (directory.path() / "token").string();
    write_file(kept, admin_token + "\nmore\n");
    ASSERT_EQ(::chmod(kept.c_str(), 0600), 0);
    Tool tool("http://" + Tool::address(*server));
    EXPECT_EQ(tool.run({"token", "whoami", "--token-file", kept}).code, 0);
    ASSERT_EQ(::chmod(kept.c_str(), 0640), 0);
    const Ended open = tool.run({"token", "whoami", "--token-file", kept});
    EXPECT_EQ(open.code, 1);
    EXPECT_NE(open.error.find("chmod 600"), std::string::npos) << open.error;
}

TEST_F(Tokens, RevokingOneEndsItsWatch) {
    std::string text;
    const std::string id = grant({"watcher", "--allow", "read:app/**"}, text);
    Tool::Running watch(*admin, {"watch", "app/", "--initial", "--token", text});
    ASSERT_EQ(admin->run({"put", "app/a", "1"}).code, 0);
    const auto deadline = load::Clock::now() + std::chrono::seconds{30};
    while (load::Clock::now() < deadline && watch.out().empty()) {
    }
    ASSERT_NE(watch.out().find("app/a"), std::string::npos) << watch.error();
    ASSERT_EQ(admin->run({"token", "revoke", id}).code, 0);
    const Ended ended = watch.wait();
    EXPECT_EQ(ended.code, 5) << ended.error;
    EXPECT_NE(ended.error.find("the credential is no longer good"), std::string::npos) << ended.error;
}

TEST_F(Tokens, AuditSaysWhatWasDone) {
    std::string text;
    const std::string id = grant({"ci", "--allow", "read,write:app/**"}, text);
    EXPECT_EQ(as(text, {"put", "app/a", "1"}).code, 0);
    EXPECT_EQ(as(text, {"put", "other", "1"}).code, 5);
    const Ended all = admin->run({"audit", "-n", "3", "-o", "json"});
    ASSERT_EQ(all.code, 0) << all.error;
    const auto entries = all.json().at("entries").as_array();
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].at("event").as_string(), "token_created");
    EXPECT_EQ(entries[0].at("subject").as_string(), id);
    EXPECT_EQ(entries[1].at("key").as_string(), "app/a");
    EXPECT_EQ(entries[2].at("event").as_string(), "refused");
    EXPECT_EQ(all.out.find(text), std::string::npos);
    const Ended table = admin->run({"audit", "-n", "2"});
    EXPECT_NE(table.out.find("app/a"), std::string::npos) << table.out;
    EXPECT_EQ(table.out.find("token_created"), std::string::npos) << table.out;
    EXPECT_EQ(admin->run({"audit", "-n", "many"}).code, 2);
}

}  // namespace
}  // namespace confcast::test
