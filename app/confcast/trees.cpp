// diff, apply, export and import: whole prefixes.
#include <boost/json.hpp>
#include <fstream>
#include <ostream>

#include "base64.hpp"
#include "command.hpp"
#include "confcast/base/utf8.hpp"
#include "difference.hpp"
#include "tree.hpp"
#include "words.hpp"
#include "yaml_tree.hpp"

namespace confcast::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::vector<client::Entry> list(Shell& shell, const std::string& prefix) {
    return shell.wait(shell.client().list(prefix)).entries;
}

class Diff final : public Command {
  public:
    CommandText text() const override {
        return {"diff", "Compare settings with files",
                "A key with a file, or a prefix with a directory. Exit 0 when they are the same, 1 when they differ, 2 "
                "when that cannot be said.",
                "confcast diff app/banner banner.txt\n"
                "confcast diff app/ ./app",
                true};
    }
    void define(CLI::App& app) override {
        app.add_option("KEY", key_, "A key, or a prefix")->required();
        app.add_option("FILE", file_, "A file, or a directory")->required();
    }
    Exit run(Shell& shell) override {
        try {
            return compare(shell) ? Exit::failed : Exit::ok;
        } catch (Stop& stop) {
            if (stop.code != Exit::interrupted) stop.code = Exit::usage;
            throw;
        }
    }

  private:
    bool compare(Shell& shell) const {
        if (fs::is_directory(file_)) {
            const Plan plan = make_plan(list(shell, key_), read_directory(file_, key_), true);
            if (!plan.empty()) print_plan(shell.out(), plan, true);
            return !plan.empty();
        }
        const client::Found now = shell.wait(shell.client().get(key_));
        const std::string text = difference_of(shell.out(), now.value, bytes_of('@' + file_));
        shell.out().stream() << text;
        return !text.empty();
    }

    std::string key_;
    std::string file_;
};

class Apply final : public Command {
  public:
    CommandText text() const override {
        return {
            "apply", "Make a prefix like a directory",
            "Each file below DIR is a setting: PREFIX and its path. The plan is shown first. One transaction for each "
            "fifty settings; a setting that has been changed since the plan was made is a conflict (exit 4).",
            "confcast apply -f ./app app/ --dry-run\n"
            "confcast apply -f ./app app/ --prune -m 'release 7'"};
    }
    void define(CLI::App& app) override {
        app.add_option("PREFIX", prefix_, "What the keys begin with");
        app.add_option("-f,--file", directory_, "The directory")->type_name("DIR")->required();
        app.add_flag("--prune", prune_, "Delete what the directory does not have");
        app.add_flag("--dry-run", dry_run_, "Show the plan, change nothing");
        app.add_option("-m,--message", message_, "Why")->type_name("TEXT");
    }
    Exit run(Shell& shell) override {
        const Plan plan = make_plan(list(shell, prefix_), read_directory(directory_, prefix_), prune_);
        print_plan(shell.out(), plan, dry_run_);
        if (!dry_run_) carry_out(shell, plan, message_);
        return Exit::ok;
    }

  private:
    std::string prefix_;
    std::string directory_;
    std::string message_;
    bool prune_ = false;
    bool dry_run_ = false;
};

json::object shown(const client::Entry& entry) {
    json::object out{{"key", entry.key}};
    if (is_valid_utf8(entry.value)) {
        out["value"] = entry.value;
    } else {
        out["value"] = to_base64(entry.value);
        out["encoding"] = "base64";
    }
    out["content_type"] = entry.content_type;
    out["mod_revision"] = entry.mod_revision;
    return out;
}

class Export final : public Command {
  public:
    CommandText text() const override {
        return {"export", "Write settings to a file or a directory",
                "All of one revision. With -o yaml a tree: a level for each segment behind PREFIX. To a directory: a "
                "file for each "
                "setting, named by the key behind PREFIX.",
                "confcast export app/ > app.json\n"
                "confcast export app/ -o yaml\n"
                "confcast export app/ -f ./app",
                true};
    }
    void define(CLI::App& app) override {
        app.add_option("PREFIX", prefix_, "What the keys begin with; none: all");
        app.add_option("-f,--file", directory_, "A directory to write to")->type_name("DIR");
    }
    Exit run(Shell& shell) override {
        const client::Listing all = shell.wait(shell.client().list(prefix_));
        if (directory_.empty())
            write_document(shell, all);
        else
            for (const client::Entry& entry : all.entries) write_file(entry);
        if (!directory_.empty()) shell.out().stream() << "wrote " << all.entries.size() << " files\n";
        return Exit::ok;
    }

  private:
    void write_document(Shell& shell, const client::Listing& all) const {
        if (shell.format(Format::json) == Format::yaml) {
            Tree tree;
            for (const client::Entry& entry : all.entries) tree[entry.key.substr(prefix_.size())] = entry.value;
            shell.out().stream() << write_yaml_tree(tree);
            return;
        }
        json::array entries;
        for (const client::Entry& entry : all.entries) entries.push_back(shown(entry));
        shell.out().document(json::object{{"prefix", prefix_},
                                          {"epoch", all.position.epoch},
                                          {"revision", all.position.revision},
                                          {"entries", std::move(entries)}},
                             shell.format(Format::json));
    }
    void write_file(const client::Entry& entry) const {
        const fs::path file = fs::path(directory_) / entry.key.substr(prefix_.size());
        std::error_code ec;
        fs::create_directories(file.parent_path(), ec);
        std::ofstream out(file, std::ios::binary | std::ios::trunc);
        out << entry.value;
        out.close();
        if (!out) throw Stop{Exit::failed, "cannot write " + file.string()};
    }

    std::string prefix_;
    std::string directory_;
};

class Import final : public Command {
  public:
    CommandText text() const override {
        return {"import", "Read settings from a dump",
                "Of `confcast export` (JSON, or a YAML tree), of `etcdctl get --prefix -w json` or of `consul kv "
                "export`. The plan is shown "
                "first; nothing is deleted.",
                "confcast import app.json --dry-run\n"
                "etcdctl get --prefix /old/ -w json | confcast import - --strip /old/ --prefix app/\n"
                "consul kv export app/ | confcast import -"};
    }
    void define(CLI::App& app) override {
        app.add_option("FILE", file_, "The dump, or -")->required();
        app.add_option("--strip", strip_, "What the dump's keys begin with, to be taken away")->type_name("TEXT");
        app.add_option("--prefix", prefix_, "What to put there instead")->type_name("PREFIX");
        app.add_flag("--dry-run", dry_run_, "Show the plan, change nothing");
        app.add_option("-m,--message", message_, "Why")->type_name("TEXT");
    }
    Exit run(Shell& shell) override {
        const Tree wanted = read_dump(bytes_of(file_ == "-" ? file_ : '@' + file_), strip_, prefix_);
        const Plan plan = make_plan(list(shell, prefix_), wanted, false);
        print_plan(shell.out(), plan, dry_run_);
        if (!dry_run_) carry_out(shell, plan, message_);
        return Exit::ok;
    }

  private:
    std::string file_;
    std::string strip_;
    std::string prefix_;
    std::string message_;
    bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> make_diff() { return std::make_unique<Diff>(); }
std::unique_ptr<Command> make_apply() { return std::make_unique<Apply>(); }
std::unique_ptr<Command> make_export() { return std::make_unique<Export>(); }
std::unique_ptr<Command> make_import() { return std::make_unique<Import>(); }

}  // namespace confcast::cli
