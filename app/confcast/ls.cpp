#include <boost/json.hpp>
#include <ostream>

#include "command.hpp"
#include "words.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

class Ls final : public Command {
  public:
    CommandText text() const override {
        return {"ls", "List settings below a prefix",
                "All pages, of one revision. With -o value the keys alone, one a line.",
                "confcast ls app/\n"
                "confcast ls -o json | jq -r '.entries[].key'",
                true};
    }
    void define(CLI::App& app) override {
        app.add_option("PREFIX", prefix_, "What the keys begin with; none: all");
        app.add_flag("--meta", meta_only_, "Without the values");
    }
    Exit run(Shell& shell) override {
        if (shell.wants_document()) {
            shell.out().document(whole(shell), shell.format(Format::json));
            return Exit::ok;
        }
        client::ListOptions options;
        options.meta_only = meta_only_ || shell.format(Format::table) == Format::value;
        const client::Listing all = shell.wait(shell.client().list(prefix_, options));
        if (shell.format(Format::table) == Format::value)
            for (const client::Entry& entry : all.entries) shell.out().stream() << entry.key << '\n';
        else
            print(shell, all);
        return Exit::ok;
    }

  private:
    void print(Shell& shell, const client::Listing& all) const {
        Table table({"KEY", "REVISION", "VERSION", "UPDATED", "VALUE"});
        for (const client::Entry& entry : all.entries)
            table.add({one_line(entry.key, 512), std::to_string(entry.mod_revision), std::to_string(entry.version),
                       entry.updated_at, one_line(entry.value)});
        table.print(shell.out());
    }
    // As the server writes entries, pages put together.
    json::value whole(Shell& shell) const {
        json::object all;
        std::string cursor;
        do {
            std::string target = "/api/v1/config?limit=500&prefix=" + client::percent_encode(prefix_);
            if (meta_only_) target += "&fields=meta";
            if (!cursor.empty()) target += "&cursor=" + client::percent_encode(cursor);
            json::object page = shell.ask("GET", target).as_object();
            if (cursor.empty()) {
                all = {{"epoch", page.at("epoch")}, {"revision", page.at("revision")}, {"entries", json::array()}};
            }
            for (json::value& entry : page.at("entries").as_array())
                all.at("entries").as_array().push_back(std::move(entry));
            const json::value* next = page.if_contains("next_cursor");
            cursor = next != nullptr && next->is_string() ? std::string(next->get_string()) : std::string();
        } while (!cursor.empty());
        return all;
    }

    std::string prefix_;
    bool meta_only_ = false;
};

}  // namespace

std::unique_ptr<Command> make_ls() { return std::make_unique<Ls>(); }

}  // namespace confcast::cli
