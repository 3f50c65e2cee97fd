#include <boost/json.hpp>
#include <ostream>

#include "command.hpp"
#include "difference.hpp"
#include "words.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

json::object shown(const client::Written& written) {
    json::object out{{"key", written.key}, {"mod_revision", written.mod_revision}, {"version", written.version}};
    if (!written.action.empty()) out["action"] = written.action;
    if (!written.applied) out["applied"] = false;
    return out;
}

/// nullopt when it is not there.
std::optional<client::Found> find(Shell& shell, const std::string& key) {
    try {
        return shell.wait(shell.client().get(key));
    } catch (const Stop& stop) {
        if (stop.code != Exit::not_found) throw;
        return std::nullopt;
    }
}

class Put final : public Command {
  public:
    CommandText text() const override {
        return {"put", "Create or replace a setting",
                "VALUE is the value itself, @FILE for a file's bytes, or - for standard input.\n"
                "With --dry-run the difference to what is there, and nothing is written.",
                "confcast put app/port 8080\n"
                "confcast put app/banner @banner.txt --content-type text/plain -m 'new year'\n"
                "date | confcast put app/now - --ttl 60\n"
                "confcast put app/port 9090 --if-revision 42 --dry-run",
                true};
    }
    void define(CLI::App& app) override {
        app.add_option("KEY", key_, "The setting")->required();
        app.add_option("VALUE", value_, "Its new value, @FILE or -")->required();
        auto* revision =
            app.add_option("--if-revision", options_.if_revision, "Only if it is at that revision")->type_name("R");
        app.add_flag("--create", options_.create_only, "Only if it is not there")->excludes(revision);
        app.add_option("--ttl", ttl_, "Remove it after that time: 60, 5m, 24h")->type_name("DURATION");
        app.add_option("--content-type", options_.content_type, "What the value is")->type_name("TYPE");
        app.add_option("-m,--message", options_.message, "Why")->type_name("TEXT");
        app.add_flag("--dry-run", options_.dry_run, "Show what would change");
    }
    Exit run(Shell& shell) override {
        const std::string value = bytes_of(value_);
        if (!ttl_.empty()) options_.ttl = seconds_of(ttl_, "--ttl");
        if (options_.dry_run && !shell.wants_document()) show_difference(shell, value);
        const client::Written done = shell.wait(shell.client().put(key_, value, options_));
        report(shell, done);
        return Exit::ok;
    }

  private:
    void show_difference(Shell& shell, const std::string& value) const {
        const auto now = find(shell, key_);
        shell.out().stream() << difference_of(shell.out(), now ? now->value : std::string(), value);
    }
    void report(Shell& shell, const client::Written& done) const {
        std::ostream& out = shell.out().stream();
        if (shell.wants_document())
            shell.out().document(shown(done), shell.format(Format::json));
        else if (shell.format(Format::table) == Format::value)
            out << done.mod_revision << '\n';
        else if (options_.dry_run)
            out << "would " << done.action << ' ' << one_line(key_, 512) << '\n';
        else
            out << (done.version == 1 ? "created " : "replaced ") << one_line(key_, 512) << " at revision "
                << done.mod_revision << '\n';
    }

    std::string key_;
    std::string value_;
    std::string ttl_;
    client::PutOptions options_;
};

class Del final : public Command {
  public:
    CommandText text() const override {
        return {"del", "Delete settings",
                "Several keys go together: all in one revision, or none when one is not there.",
                "confcast del app/port\n"
                "confcast del app/a app/b --dry-run",
                true};
    }
    void define(CLI::App& app) override {
        app.add_option("KEY", keys_, "The settings")->required();
        app.add_option("--if-revision", options_.if_revision, "Only if it is at that revision (one key)")
            ->type_name("R");
        app.add_flag("--dry-run", options_.dry_run, "Say what would happen");
    }
    Exit run(Shell& shell) override {
        if (keys_.size() == 1) return run_one(shell);
        if (options_.if_revision) throw usage_error("--if-revision is for one key");
        client::Txn txn;
        for (const std::string& key : keys_) {
            const auto now = find(shell, key);
            if (!now) throw Stop{Exit::not_found, "there is no setting \"" + key + "\"; nothing was deleted"};
            txn.compares.push_back({key, now->mod_revision});
        }
        txn.deletes = keys_;
        client::TxnOptions options;
        options.dry_run = options_.dry_run;
        const client::TxnDone done = shell.wait(shell.client().txn(txn, options));
        for (const std::string& key : keys_) report(shell, {key, done.revision, 0, done.applied});
        return Exit::ok;
    }

  private:
    Exit run_one(Shell& shell) const {
        report(shell, shell.wait(shell.client().remove(keys_.front(), options_)));
        return Exit::ok;
    }
    void report(Shell& shell, const client::Written& done) const {
        std::ostream& out = shell.out().stream();
        if (shell.wants_document())
            shell.out().document(shown(done), shell.format(Format::json));
        else if (shell.format(Format::table) == Format::value)
            out << done.mod_revision << '\n';
        else
            out << (options_.dry_run ? "would delete " : "deleted ") << one_line(done.key, 512) << " at revision "
                << done.mod_revision << '\n';
    }

    std::vector<std::string> keys_;
    client::DeleteOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_put() { return std::make_unique<Put>(); }
std::unique_ptr<Command> make_del() { return std::make_unique<Del>(); }

}  // namespace confcast::cli
