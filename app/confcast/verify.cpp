// The checker is a program of its own, because it starts and kills servers: this finds and becomes it.
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "command.hpp"

namespace confcast::cli {
namespace {

namespace fs = std::filesystem;

/// Beside this program, as it is built, or where it is installed.
fs::path beside(std::initializer_list<const char*> places) {
    std::error_code ec;
    const fs::path here = fs::read_symlink("/proc/self/exe", ec).parent_path();
    for (const char* place : places)
        if (const fs::path found = here / place; ::access(found.c_str(), X_OK) == 0) return found.lexically_normal();
    return {};
}

class Verify final : public Command {
  public:
    CommandText text() const override {
        return {"verify", "Check that a server loses, repeats and reorders nothing",
                "Starts a server of its own on a store of its own, lets subscribers and writers work on it, kills and "
                "disturbs both, and compares each stream with the store's history: one line of counts, exit 0 when all "
                "are 0. --connect checks one that runs, in which only the subscribers are disturbed. `confcast verify "
                "--help` shows all of its flags.",
                "confcast verify --duration 60\n"
                "confcast verify --store etcd --members 3\n"
                "confcast verify --connect 127.0.0.1:8080 --duration 10"};
    }
    void define(CLI::App& app) override {
        app.allow_extras();  // the checker's own
        app.fallthrough(false);
        app.set_help_flag();
        app_ = &app;
    }
    Exit run(Shell& shell) override {
        const fs::path program = beside({"verify", "../libexec/confcast/verify"});
        if (program.empty()) throw Stop{Exit::failed, "the checker (verify) is not installed beside this program"};
        std::vector<std::string> words = app_->remaining();
        words.insert(words.begin(), program.string());
        const auto says = [&words](std::string_view flag) {
            return std::ranges::any_of(words, [flag](const std::string& word) { return word.starts_with(flag); });
        };
        if (!says("--server") && !says("--connect") && !says("--help"))
            for (const std::string& word : {std::string("--server"), beside({"confcastd"}).string()})
                words.push_back(word);
        std::vector<char*> pointers;
        pointers.reserve(words.size() + 1);
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
        shell.out().stream().flush();
        ::execv(program.c_str(), pointers.data());
        throw Stop{Exit::failed, "cannot run " + program.string() + ": " + std::strerror(errno)};
    }

  private:
    CLI::App* app_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_verify() { return std::make_unique<Verify>(); }

}  // namespace confcast::cli
