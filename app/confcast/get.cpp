#include <ostream>

#include "command.hpp"
#include "words.hpp"

namespace confcast::cli {
namespace {

class Get final : public Command {
  public:
    CommandText text() const override {
        return {"get", "Show a setting", "Without -o the value and a newline; with --raw its bytes and nothing else.",
                "confcast get app/port\n"
                "confcast get app/port -o json --revision 42\n"
                "confcast get app/logo --raw > logo.png",
                true};
    }
    void define(CLI::App& app) override {
        app.add_option("KEY", key_, "The setting")->required();
        app.add_flag("--raw", raw_, "The value's bytes, untouched");
        app.add_option("--revision", revision_, "As it was at that revision")->type_name("R");
        app.add_option("--min-revision", min_revision_, "Wait until the server has seen that revision")->type_name("R");
        app.add_flag("--linearizable", linearizable_, "Ask the store, not the server's memory");
    }
    Exit run(Shell& shell) override {
        const Format format = raw_ ? Format::value : shell.format(Format::value);
        if (format == Format::json || format == Format::yaml) {
            shell.out().document(shell.ask("GET", config_target(key_) + query()), format);
            return Exit::ok;
        }
        const client::Found found = shell.wait(shell.client().get(key_, options()));
        if (found.stale)
            shell.error().stream() << "confcast: the store has been away for " << found.stale->count()
                                   << " s: this may be old\n";
        print(shell, found, format);
        return Exit::ok;
    }

  private:
    client::GetOptions options() const {
        client::GetOptions options;
        options.revision = revision_;
        options.min_revision = min_revision_;
        options.linearizable = linearizable_;
        return options;
    }
    std::string query() const {
        std::string out;
        const auto add = [&out](const std::string& text) { out += (out.empty() ? '?' : '&') + text; };
        if (revision_) add("revision=" + std::to_string(*revision_));
        if (min_revision_) add("min_revision=" + std::to_string(*min_revision_));
        if (linearizable_) add("consistency=linearizable");
        return out;
    }
    void print(Shell& shell, const client::Found& found, Format format) const {
        std::ostream& out = shell.out().stream();
        if (format == Format::table) {
            Table table({"KEY", "REVISION", "VERSION", "TYPE", "UPDATED", "VALUE"});
            table.add({one_line(found.key), std::to_string(found.mod_revision), std::to_string(found.version),
                       found.content_type, found.updated_at, one_line(found.value)});
            table.print(shell.out());
            return;
        }
        out << found.value;
        if (!raw_) out << '\n';
    }

    std::string key_;
    bool raw_ = false;
    std::optional<client::Revision> revision_;
    std::optional<client::Revision> min_revision_;
    bool linearizable_ = false;
};

}  // namespace

std::unique_ptr<Command> make_get() { return std::make_unique<Get>(); }

}  // namespace confcast::cli
