// The completion scripts, run by their shells; the man page.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tool.hpp"

namespace confcast::test {
namespace {

bool has(const std::string& program) { return std::filesystem::exists("/usr/bin/" + program); }

class Completions : public testing::Test {
  protected:
    Completions() {
        server.put("app/port", "1");
        server.put("app/eu/db", "1");
        server.put("apple", "1");
        for (const auto* shell : {"bash", "zsh", "fish"})
            write_file(tool.home() / "scripts" / shell, tool.run({"completion", shell}).out);
    }
    /// What a shell prints that runs `script` with the tool in its PATH.
    std::string said(const std::string& shell, const std::string& script) const {
        write_file(tool.home() / "run", script);
        const auto out = tool.home() / "said";
        const std::string path = std::filesystem::path(Tool::binary()).parent_path();
        const std::string command = "env -i HOME=" + tool.home().string() + " PATH=" + path +
                                    ":/usr/bin:/bin TERM=dumb CONFCAST_SERVER=http://" + Tool::address(server) + ' ' +
                                    shell + ' ' + (tool.home() / "run").string() + " >" + out.string() +
                                    " 2>&1 </dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0) << read_file(out);
        return read_file(out);
    }
    std::string in_bash(const std::string& words, int at) const {
        return said("bash", "source " + (tool.home() / "scripts" / "bash").string() + "\nCOMP_WORDS=(confcast " +
                                words + ")\nCOMP_CWORD=" + std::to_string(at) +
                                "\ncompopt() { :; }\n_confcast\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    }

    Server server;
    Tool tool{server};
};

TEST_F(Completions, OfBash) {
    EXPECT_EQ(in_bash("ex", 1), "export\n");
    EXPECT_EQ(in_bash("put a 1 --if", 4), "--if-revision\n");
    EXPECT_EQ(in_bash("put --serv", 2), "--server\n");
    EXPECT_EQ(in_bash("get app", 2), "app/\napple\n");
    EXPECT_EQ(in_bash("get app/", 2), "app/eu/\napp/port\n");
    EXPECT_EQ(in_bash("completion z", 2), "zsh\n");
    EXPECT_EQ(in_bash("help wa", 2), "watch\n");
}

TEST_F(Completions, OfZsh) {
    if (!has("zsh")) GTEST_SKIP() << "zsh is not here";
    const std::string out =
        said("zsh -f",
             "compdef() { :; }\n_describe() { print -l -- \"${(@P)2}\" }\ncompadd() { [[ $1 == -S ]] && shift 2; "
             "[[ $1 == -- ]] && shift; print -l -- \"$@\" }\nsource " +
                 (tool.home() / "scripts" / "zsh").string() +
                 "\nwords=(confcast get app/) CURRENT=3 _confcast\nwords=(confcast put --if) "
                 "CURRENT=3 _confcast\nwords=(confcast e) CURRENT=2 _confcast\n");
    EXPECT_NE(out.find("app/eu/\napp/port\n"), std::string::npos) << out;
    EXPECT_NE(out.find("--if-revision\n"), std::string::npos) << out;
    EXPECT_NE(out.find("export:Write settings"), std::string::npos) << out;
}

TEST_F(Completions, OfFish) {
    if (!has("fish")) GTEST_SKIP() << "fish is not here";
    const std::string out =
        said("fish --no-config", "source " + (tool.home() / "scripts" / "fish").string() +
                                     "\ncomplete -C 'confcast expo'\ncomplete -C 'confcast get app/'\n"
                                     "complete -C 'confcast put --if'\n");
    EXPECT_NE(out.find("export\t"), std::string::npos) << out;
    EXPECT_NE(out.find("app/port"), std::string::npos) << out;
    EXPECT_NE(out.find("--if-revision\t"), std::string::npos) << out;
}

TEST_F(Completions, AskNobodyForLongWhenThereIsNoServer) {
    EXPECT_EQ(tool.run({"__keys", "a", "-s", "127.0.0.1:1"}).out, "");
    EXPECT_EQ(tool.run({"completion", "tcsh"}).code, 2);
}

TEST_F(Completions, TheManPageHasEveryCommandAndIsGoodRoff) {
    const std::string page = tool.run({"__man"}).out;
    for (const auto* name : {"get", "put", "watch", "apply", "completion"})
        EXPECT_NE(page.find(".SS confcast " + std::string(name)), std::string::npos) << name;
    EXPECT_EQ(page.find("__keys"), std::string::npos);
    if (!has("groff")) return;
    write_file(tool.home() / "page", page);
    const auto out = tool.home() / "problems";
    EXPECT_EQ(
        std::system(("groff -man -Tutf8 -ww " + (tool.home() / "page").string() + " 2>" + out.string() + " >/dev/null")
                        .c_str()),
        0);
    EXPECT_EQ(read_file(out), "");
}

}  // namespace
}  // namespace confcast::test
