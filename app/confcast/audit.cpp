// confcast audit: what was written and refused lately.
#include <boost/json.hpp>
#include <ostream>

#include "command.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

std::string member(const json::object& line, std::string_view name) {
    const json::value* found = line.if_contains(name);
    if (found == nullptr) return "";
    return one_line(found->is_string() ? std::string(found->get_string()) : json::serialize(*found), 200);
}

/// What it was about: a key, a token's id, or the route that was refused.
std::string about(const json::object& line) {
    for (const std::string_view name : {"key", "subject", "route"})
        if (line.contains(name)) return member(line, name);
    return "";
}

class Audit final : public Command {
  public:
    CommandText text() const override {
        return {
            "audit", "Show what was written, granted and refused lately",
            "The last lines of the audit of the server that is asked, the oldest first. Needs the permission admin.",
            "confcast audit -n 20\nconfcast audit -o json | jq '.entries[] | select(.event == \"refused\")'"};
    }
    void define(CLI::App& app) override {
        app.add_option("-n,--lines", lines_, "How many (100; at most 1000)")->type_name("N");
    }
    Exit run(Shell& shell) override {
        const std::string query = lines_ ? "?limit=" + std::to_string(*lines_) : std::string();
        const json::value audit = shell.ask("GET", "/api/v1/audit" + query);
        if (shell.wants_document()) {
            shell.out().document(audit, shell.format(Format::json));
            return Exit::ok;
        }
        const json::array& entries = audit.at("entries").as_array();
        if (shell.format(Format::table) == Format::value) {
            for (const json::value& entry : entries) shell.out().stream() << json::serialize(entry) << '\n';
            return Exit::ok;
        }
        Table table({"TIME", "EVENT", "WHO", "FROM", "ABOUT", "AFTER", "CODE"});
        for (const json::value& entry : entries) {
            const json::object& line = entry.as_object();
            table.add({member(line, "time"), member(line, "event"), member(line, "principal"), member(line, "from"),
                       about(line), member(line, "after"), member(line, "code")});
        }
        table.print(shell.out());
        return Exit::ok;
    }

  private:
    std::optional<std::uint32_t> lines_;
};

}  // namespace

std::unique_ptr<Command> make_audit() { return std::make_unique<Audit>(); }

}  // namespace confcast::cli
