#include <boost/json.hpp>
#include <ostream>

#include "command.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

class Context final : public Command {
  public:
    CommandText text() const override {
        return {"context", "Keep servers and tokens under names",
                "ls, use NAME, set NAME --to SERVER [--with-token TOKEN] [--with-ca-file FILE] [--with-cert FILE "
                "--with-key FILE], rm NAME. Kept in contexts.json in "
                "$XDG_CONFIG_HOME/confcast, readable by you alone.",
                "confcast context set prod --to http://10.0.0.1:8080,http://10.0.0.2:8080\n"
                "confcast context use prod\n"
                "confcast context ls"};
    }
    void define(CLI::App& app) override {
        app.add_option("ACTION", action_, "ls, use, set or rm")->required();
        app.add_option("NAME", name_, "The context");
        app.add_option("--to", server_, "Its server, or several separated by commas")->type_name("SERVER");
        app.add_option("--with-token", token_, "Its token")->type_name("TOKEN");
        app.add_option("--with-ca-file", tls_.ca_file, "https: who may sign its certificate")->type_name("FILE");
        app.add_option("--with-cert", tls_.certificate, "https: your certificate")->type_name("FILE");
        app.add_option("--with-key", tls_.key, "https: its key")->type_name("FILE");
    }
    Exit run(Shell& shell) override {
        const auto directory = config_directory(shell.environment());
        Contexts contexts = load_contexts(directory);
        if (action_ == "ls") {
            list(shell, contexts);
            return Exit::ok;
        }
        if (action_ != "use" && action_ != "set" && action_ != "rm")
            throw usage_error("there is no \"context " + action_ + "\": ls, use, set or rm");
        if (name_.empty()) throw usage_error("name the context");
        change(contexts);
        save_contexts(directory, contexts);
        return Exit::ok;
    }

  private:
    /// A context is used from any directory.
    static void keep(const std::string& file, std::string& in) {
        if (!file.empty()) in = std::filesystem::absolute(file).lexically_normal().string();
    }
    void change(Contexts& contexts) const {
        if (action_ == "set") {
            if (server_.empty()) throw usage_error("say where its server is: --to SERVER");
            ServerContext& context = contexts.all[name_];
            context.server = server_;
            if (!token_.empty()) context.token = token_;
            keep(tls_.ca_file, context.tls.ca_file);
            keep(tls_.certificate, context.tls.certificate);
            keep(tls_.key, context.tls.key);
            if (contexts.current.empty()) contexts.current = name_;
            return;
        }
        if (!contexts.all.contains(name_)) throw Stop{Exit::not_found, "there is no context \"" + name_ + "\""};
        if (action_ == "use") {
            contexts.current = name_;
            return;
        }
        contexts.all.erase(name_);
        if (contexts.current == name_) contexts.current.clear();
    }
    // Never a token.
    static void list(Shell& shell, const Contexts& contexts) {
        if (shell.wants_document()) {
            json::array all;
            for (const auto& [name, context] : contexts.all)
                all.push_back(json::object{{"name", name},
                                           {"server", context.server},
                                           {"token", !context.token.empty()},
                                           {"current", name == contexts.current}});
            shell.out().document(json::object{{"contexts", all}}, shell.format(Format::json));
            return;
        }
        Table table({"", "NAME", "SERVER", "TOKEN"});
        for (const auto& [name, context] : contexts.all)
            table.add({name == contexts.current ? "*" : "", name, context.server, context.token.empty() ? "" : "yes"});
        table.print(shell.out());
    }

    std::string action_;
    std::string name_;
    std::string server_;
    std::string token_;
    TlsFiles tls_;
};

}  // namespace

std::unique_ptr<Command> make_context() { return std::make_unique<Context>(); }

}  // namespace confcast::cli
