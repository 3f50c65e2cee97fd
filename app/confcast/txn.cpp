#include <boost/json.hpp>
#include <ostream>

#include "command.hpp"
#include "words.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

class RunTxn final : public Command {
  public:
    CommandText text() const override {
        return {"txn", "Change several settings in one revision, or none",
                "The transaction is the body of POST /api/v1/txn: compare, put and delete.",
                "confcast txn "
                "'{\"compare\":[{\"key\":\"a\",\"mod_revision\":0}],\"put\":[{\"key\":\"a\",\"value\":\"1\"}]}'\n"
                "confcast txn @change.json --dry-run"};
    }
    void define(CLI::App& app) override {
        app.add_option("TXN", body_, "JSON, @FILE or -")->required();
        app.add_flag("--dry-run", dry_run_, "Say what would happen");
    }
    Exit run(Shell& shell) override {
        const json::value done = shell.ask("POST", dry_run_ ? "/api/v1/txn?dry_run" : "/api/v1/txn", bytes_of(body_),
                                           {{"Content-Type", "application/json"}});
        if (shell.wants_document())
            shell.out().document(done, shell.format(Format::json));
        else if (shell.format(Format::table) == Format::value)
            shell.out().stream() << done.at("revision").to_number<std::int64_t>() << '\n';
        else
            print(shell, done.as_object());
        return Exit::ok;
    }

  private:
    void print(Shell& shell, const json::object& done) const {
        Table table({"OPERATION", "KEY", "RESULT"});
        for (const json::value& put : done.at("put").as_array()) {
            const json::value* action = put.as_object().if_contains("action");
            table.add({"put", one_line(put.at("key").as_string(), 512),
                       action != nullptr ? "would " + std::string(action->as_string())
                                         : "version " + std::to_string(put.at("version").to_number<std::int64_t>())});
        }
        for (const json::value& one : done.at("delete").as_array())
            table.add({"delete", one_line(one.at("key").as_string(), 512),
                       one.at("deleted").as_bool() ? (dry_run_ ? "would delete" : "deleted") : "was not there"});
        table.print(shell.out());
        if (!dry_run_) shell.out().stream() << "revision " << done.at("revision").to_number<std::int64_t>() << '\n';
    }

    std::string body_;
    bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> make_txn() { return std::make_unique<RunTxn>(); }

}  // namespace confcast::cli
