// confcast token: who may come, and what they may do.
#include <algorithm>
#include <boost/json.hpp>
#include <ostream>

#include "command.hpp"
#include "token_records.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

std::string joined(const json::value* texts) {
    std::string out;
    if (texts != nullptr && texts->is_array())
        for (const json::value& one : texts->get_array())
            out += (out.empty() ? "" : " ") + std::string(one.as_string());
    return one_line(out, 200);
}

std::string member(const json::object& token, std::string_view name, std::string_view otherwise = "") {
    const json::value* found = token.if_contains(name);
    return found != nullptr && found->is_string() ? one_line(std::string(found->get_string()), 200)
                                                  : std::string(otherwise);
}

class Token final : public Command {
  public:
    CommandText text() const override {
        return {
            "token", "Grant, show and revoke API tokens",
            "new NAME, ls, show ID, set ID, revoke ID..., whoami. A new token's text is printed once and kept nowhere; "
            "on standard output stands nothing else when that is no terminal.\n"
            "A permission is admin, read:GLOB, write:GLOB or read,write:GLOB. With --file, new, ls, show and revoke "
            "work "
            "on the file that `confcastd --credentials` reads, and need no server.",
            "confcast token new admin --allow admin --allow 'read,write:**' --file credentials.json\n"
            "TOKEN=$(confcast token new ci --allow 'read,write:app/**' --expires 90d)\n"
            "confcast token set 0123456789abcdef --allow 'read:app/**' --expires never\n"
            "confcast token revoke 0123456789abcdef\n"
            "confcast token ls -o json"};
    }
    void define(CLI::App& app) override {
        app.add_option("ACTION", action_, "new, ls, show, set, revoke or whoami")->required();
        app.add_option("WORD", words_, "The new token's name, or ids");
        app.add_option("--allow", wish_.permissions, "new, set: what it may do; repeatable")
            ->type_name("PERMISSION")
            ->allow_extra_args(false);
        app.add_option("--expires", expires_, "new, set: 90d, 12h, 30m or never (never)")->type_name("TIME");
        app.add_option("--name", name_, "set: another name")->type_name("NAME");
        app.add_option("--file", file_, "The credentials of a server, in place of asking one")->type_name("FILE");
    }

    Exit run(Shell& shell) override {
        if (!expires_.empty()) {
            wish_.says_when = true;
            wish_.life = life_of(expires_);
        }
        if (action_ == "new") return create(shell);
        if (action_ == "set") return change(shell);
        if (!wish_.permissions.empty() || wish_.says_when || !name_.empty())
            throw usage_error("--allow, --expires and --name say what a token is: for new and set");
        if (action_ == "ls") return list(shell);
        if (action_ == "show") return show(shell);
        if (action_ == "revoke") return revoke(shell);
        if (action_ == "whoami") return whoami(shell);
        throw usage_error("there is no \"token " + one_line(action_) + "\": new, ls, show, set, revoke or whoami");
    }

  private:
    const std::string& only_word(const char* what) const {
        if (words_.size() != 1) throw usage_error("\"token " + action_ + "\" takes " + what);
        return words_.front();
    }
    void expect_no_words() const {
        if (!words_.empty()) throw usage_error("\"token " + action_ + "\" takes no word");
    }
    static std::string target(const std::string& id) { return "/api/v1/tokens/" + client::percent_encode(id); }

    Exit create(Shell& shell) {
        wish_.name = only_word("one name");
        if (!name_.empty()) throw usage_error("the name is the word behind new: no --name");
        if (wish_.permissions.empty()) throw usage_error("say what it may do: --allow PERMISSION");
        check_wish(wish_);
        const json::object made =
            file_.empty() ? shell.ask("POST", "/api/v1/tokens", json::serialize(body_of(wish_)), as_json).as_object()
                          : add_to_file(file_, wish_);
        const std::string text(made.at("token").as_string());
        std::ostream& out = shell.out().stream();
        if (shell.wants_document()) {
            shell.out().document(made, shell.format(Format::json));
        } else if (shell.format(shell.out().terminal() ? Format::table : Format::value) == Format::value) {
            out << text << '\n';
        } else {
            out << text << "\nThis is shown once: keep it where only its user can read it. Its id is "
                << member(made, "id") << ", it "
                << (made.contains("expires_at") ? "ends at " + member(made, "expires_at") : "does not expire") << ".\n";
        }
        return Exit::ok;
    }

    Exit change(Shell& shell) {
        const std::string& id = only_word("one id");
        if (!file_.empty()) throw usage_error("a token in a file is not changed: grant another one and revoke it");
        if (!name_.empty()) wish_.name = name_;
        check_wish(wish_);
        const json::object body = body_of(wish_);
        if (body.empty()) throw usage_error("say what changes: --name, --allow or --expires");
        print_one(shell, shell.ask("PUT", target(id), json::serialize(body), as_json).as_object());
        return Exit::ok;
    }

    json::array all(Shell& shell) const {
        if (!file_.empty()) return tokens_in_file(file_);
        return shell.ask("GET", "/api/v1/tokens").at("tokens").as_array();
    }

    Exit list(Shell& shell) const {
        expect_no_words();
        print(shell, all(shell));
        return Exit::ok;
    }

    /// Out of the list: it has those of the server's file too.
    Exit show(Shell& shell) const {
        const std::string& id = only_word("one id");
        for (const json::value& one : all(shell)) {
            if (one.at("id").as_string() != id) continue;
            print_one(shell, one.as_object());
            return Exit::ok;
        }
        throw Stop{Exit::not_found, "there is no token " + one_line(id)};
    }

    Exit revoke(Shell& shell) const {
        if (words_.empty()) throw usage_error("name the tokens by their ids");
        json::array revoked;
        for (const std::string& id : words_) {
            if (file_.empty())
                shell.ask("DELETE", target(id));
            else
                remove_from_file(file_, id);
            revoked.emplace_back(id);
            if (!shell.wants_document()) shell.out().stream() << "revoked " << one_line(id) << std::endl;
        }
        if (shell.wants_document())
            shell.out().document(json::object{{"revoked", revoked}}, shell.format(Format::json));
        return Exit::ok;
    }

    Exit whoami(Shell& shell) const {
        expect_no_words();
        const json::value me = shell.ask("GET", "/api/v1/whoami");
        if (shell.wants_document()) {
            shell.out().document(me, shell.format(Format::json));
            return Exit::ok;
        }
        const json::object& one = me.as_object();
        Table table({"KIND", "NAME", "PERMISSIONS", "EXPIRES"});
        table.add({member(one, "kind"), member(one, "name"), joined(one.if_contains("permissions")),
                   member(one, "expires_at", "never")});
        table.print(shell.out());
        return Exit::ok;
    }

    static void print_one(Shell& shell, const json::object& token) {
        if (shell.wants_document())
            shell.out().document(token, shell.format(Format::json));
        else
            print(shell, {token});
    }
    static void print(Shell& shell, const json::array& tokens) {
        if (shell.wants_document()) {
            shell.out().document(json::object{{"tokens", tokens}}, shell.format(Format::json));
            return;
        }
        if (shell.format(Format::table) == Format::value) {
            for (const json::value& one : tokens) shell.out().stream() << member(one.as_object(), "id") << '\n';
            return;
        }
        Table table({"ID", "NAME", "PERMISSIONS", "SOURCE", "EXPIRES"});
        for (const json::value& each : tokens) {
            const json::object& one = each.as_object();
            table.add({member(one, "id"), member(one, "name"), joined(one.if_contains("permissions")),
                       member(one, "source"), member(one, "expires_at", "never")});
        }
        table.print(shell.out());
    }

    static inline const std::vector<std::pair<std::string, std::string>> as_json{{"Content-Type", "application/json"}};

    std::string action_;
    std::vector<std::string> words_;
    TokenWish wish_;
    std::string expires_;
    std::string name_;
    std::string file_;
};

}  // namespace

std::unique_ptr<Command> make_token() { return std::make_unique<Token>(); }

}  // namespace confcast::cli
