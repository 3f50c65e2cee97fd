// What operators ask: who listens, is the server well, which versions are there.
#include <boost/json.hpp>
#include <ostream>

#include "command.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

std::string text_at(const json::value& value, std::string_view pointer) {
    boost::system::error_code ec;
    const json::value* found = value.find_pointer(pointer, ec);
    if (found == nullptr) return "";
    return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

class Clients final : public Command {
  public:
    CommandText text() const override {
        return {"clients", "Show who listens, and how far behind",
                "The streams of the server that is asked. --close ends one; it may come back.",
                "confcast clients --client-id billing --label region:eu\n"
                "confcast clients --close 2f510944e214a4a5"};
    }
    void define(CLI::App& app) override {
        app.add_option("--client-id", client_id_, "Those that call themselves so")->type_name("ID");
        app.add_option("--label", labels_, "Those with that label; repeatable")->type_name("KEY:VALUE");
        app.add_option("--transport", transport_, "websocket, sse or ndjson")->type_name("KIND");
        app.add_option("--close", close_, "End the stream of that id")->type_name("ID");
    }
    Exit run(Shell& shell) override {
        if (!close_.empty()) {
            shell.ask("DELETE", "/api/v1/clients/" + client::percent_encode(close_));
            shell.out().stream() << "closed " << one_line(close_) << '\n';
            return Exit::ok;
        }
        const json::array all = collect(shell);
        if (shell.wants_document()) {
            shell.out().document(json::object{{"clients", all}}, shell.format(Format::json));
            return Exit::ok;
        }
        if (shell.format(Format::table) == Format::value) {
            for (const json::value& one : all) shell.out().stream() << text_at(one, "/id") << '\n';
            return Exit::ok;
        }
        Table table({"ID", "CLIENT", "ADDRESS", "TRANSPORT", "STATE", "POSITION", "LAG", "SINCE"});
        for (const json::value& one : all)
            table.add({text_at(one, "/id"), one_line(text_at(one, "/client_id")), text_at(one, "/address"),
                       text_at(one, "/transport"), text_at(one, "/state"), text_at(one, "/position/seq_id"),
                       text_at(one, "/lag"), text_at(one, "/connected_since")});
        table.print(shell.out());
        return Exit::ok;
    }

  private:
    json::array collect(Shell& shell) const {
        std::string query = "?limit=500";
        const auto add = [&query](const char* name, const std::string& text) {
            if (!text.empty()) query += std::string("&") + name + '=' + client::percent_encode(text);
        };
        add("client_id", client_id_);
        add("transport", transport_);
        for (const std::string& label : labels_) add("label", label);
        json::array all;
        std::string cursor;
        do {
            const std::string next = cursor.empty() ? "" : "&cursor=" + client::percent_encode(cursor);
            json::value page = shell.ask("GET", "/api/v1/clients" + query + next);
            for (json::value& one : page.at("clients").as_array()) all.push_back(std::move(one));
            cursor = page.as_object().contains("next_cursor") && page.at("next_cursor").is_string()
                         ? text_at(page, "/next_cursor")
                         : "";
        } while (!cursor.empty());
        return all;
    }

    std::string client_id_;
    std::vector<std::string> labels_;
    std::string transport_;
    std::string close_;
};

class Check final : public Command {
  public:
    CommandText text() const override {
        return {"check", "Ask whether the server is well",
                "Exit 0 when it is ready, 8 when it is not, 6 when nobody answers.",
                "confcast check && deploy\nconfcast check -o json"};
    }
    void define(CLI::App&) override {}
    Exit run(Shell& shell) override {
        const json::value health = shell.ask("GET", "/readyz?verbose");
        if (shell.wants_document()) {
            shell.out().document(health, shell.format(Format::json));
            return Exit::ok;
        }
        shell.out().stream() << shell.out().green(text_at(health, "/status")) << '\n';
        if (shell.format(Format::table) == Format::value) return Exit::ok;
        Table table({"CHECK", "STATE"});
        for (const auto& [name, state] : health.at("checks").as_object())
            table.add({std::string(name), one_line(state.as_string(), 200)});
        table.add({"revision", text_at(health, "/revision")});
        table.add({"store", text_at(health, "/store/version")});
        table.add({"streams", text_at(health, "/streams")});
        table.print(shell.out());
        return Exit::ok;
    }
};

class Version final : public Command {
  public:
    CommandText text() const override {
        return {"version", "Show the versions of this program and of the server", "--client asks no server.",
                "confcast version --client"};
    }
    void define(CLI::App& app) override { app.add_flag("--client", client_only_, "This program's alone"); }
    Exit run(Shell& shell) override {
        json::object all{{"client", CONFCAST_VERSION}};
        if (!client_only_) all["server"] = shell.ask("GET", "/version").at("version");
        if (shell.wants_document()) {
            shell.out().document(all, shell.format(Format::json));
            return Exit::ok;
        }
        for (const auto& [name, version] : all)
            shell.out().stream() << std::string_view(name) << ' ' << std::string_view(version.as_string()) << '\n';
        return Exit::ok;
    }

  private:
    bool client_only_ = false;
};

}  // namespace

std::unique_ptr<Command> make_clients() { return std::make_unique<Clients>(); }
std::unique_ptr<Command> make_check() { return std::make_unique<Check>(); }
std::unique_ptr<Command> make_version() { return std::make_unique<Version>(); }

}  // namespace confcast::cli
