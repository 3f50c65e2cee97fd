#include <algorithm>
#include <charconv>
#include <ostream>
#include <set>

#include "../command.hpp"
#include "../difference.hpp"
#include "../words.hpp"
#include "units.hpp"
#include "update.hpp"
#include "watching.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;
using templates::FileResult;
using templates::Outcome;
using templates::Pair;
using templates::Quiet;
using templates::Steps;
using templates::TargetFile;
using templates::Turn;
using templates::Updater;
using templates::Uses;
using templates::Values;

constexpr std::size_t most_filters = 100;  // that a stream may have
constexpr std::chrono::seconds parting{1};

std::chrono::milliseconds duration_of(const std::string& word, const char* flag) {
    const auto parsed = app::parse_duration(word);
    if (!parsed) throw usage_error(std::string(flag) + " takes a time such as 500ms, 10s or 5m, not \"" + word + '"');
    return *parsed;
}

std::optional<mode_t> mode_of(const std::string& word) {
    if (word.empty()) return std::nullopt;
    unsigned mode = 0;
    const auto [end, ec] = std::from_chars(word.data(), word.data() + word.size(), mode, 8);
    if (ec != std::errc{} || end != word.data() + word.size() || mode > 0777)
        throw usage_error("--mode takes octal digits such as 0640, not \"" + word + '"');
    return mode;
}

class Render final : public Command {
  public:
    CommandText text() const override {
        return {
            "render", "Keep files that are made from templates up to date",
            "Each TEMPLATE is made into its FILE, and again when a setting that it uses changes, until interrupted; "
            "with --once only now.\n\n"
            "  {{ get \"key\" }}              its value; an error when it is not there\n"
            "  {{ get \"key\" \"default\" }}    the same, with something for when it is not there\n"
            "  {{ json \"key\" }}             its value as a JSON string\n"
            "  {{ if exists \"key\" }} … {{ else if equal \"key\" \"on\" }} … {{ else }} … {{ end }}\n"
            "  {{ range \"prefix/\" }} … {{ .key }} {{ .name }} {{ .value }} … {{ else }} … {{ end }}\n"
            "  {{/* comment */}}, {{- and -}} take the white space beside them away, {{ \"{{\" }} is itself\n\n"
            "New files are written beside the old ones and checked (--check; {} is the new file); when all pass they "
            "replace the old ones in one step each, then --reload runs. When one fails nothing is replaced. A file "
            "that would not change is not touched. The server is told what became of each change: `confcast "
            "clients` shows it. docs/render.md has the rules.",
            "confcast render app.conf.tmpl:/etc/app.conf --once\n"
            "confcast render nginx.tmpl:/etc/nginx/nginx.conf --check 'nginx -t -c {}' --reload 'systemctl reload "
            "nginx'\n"
            "confcast render a.tmpl:a.json b.tmpl:b.json --mode 0640 --wait 500ms\n"
            "confcast render app.conf.tmpl:/etc/app.conf --dry-run"};
    }
    void define(CLI::App& app) override {
        app.add_option("PAIR", pairs_, "A template and what is made of it")->option_text("TEMPLATE:FILE")->required();
        app.add_flag("--once", once_, "Make the files and end");
        app.add_option("--check", check_, "Must end with 0 for a new file, whose path is {}")->type_name("COMMAND");
        app.add_option("--reload", reload_, "Runs after files were replaced")->type_name("COMMAND");
        app.add_option("--command-timeout", limit_, "Of each check and reload (30s)")->type_name("DURATION");
        app.add_option("--mode", mode_, "Of the files; unset: as they are, 0644 for new ones")->type_name("OCTAL");
        app.add_option("--wait", wait_, "Until no change has come for so long, four times that at most")
            ->type_name("DURATION");
        app.add_option("--retry", retry_,
                       "After a check, a reload or a write that failed; 0s: at the next change (30s)")
            ->type_name("DURATION");
        app.add_option("--client-id", client_id_, "Name in the server's list of clients")->type_name("ID");
        app.add_flag("--dry-run", dry_run_, "Show what would change and end");
    }

    Exit run(Shell& shell) override {
        Updater updater(load(), steps());
        Quiet quiet(duration_of(wait_, "--wait"));
        const auto retry = duration_of(retry_, "--retry");
        const bool once = once_ || dry_run_;
        Uses uses;
        for (const Pair& pair : updater.pairs()) templates::add_uses(pair.nodes, uses);
        if (uses.empty()) return finish(shell, update(shell, updater));  // nothing that could change

        shell.set_client_id(client_id_);
        auto subscription =
            shell.client().watch(templates::filters_for(uses, most_filters), [&](const client::Change& change) {
                take(change);
                quiet.on_change(std::chrono::steady_clock::now());
            });
        if (!subscription) throw stop_for(subscription.error());
        const SteadyTime patience = std::chrono::steady_clock::now() + shell.settings().timeout;
        std::optional<SteadyTime> again;
        for (;;) {
            const SteadyTime now = std::chrono::steady_clock::now();
            const auto due = quiet.due();
            if ((due && now >= *due) || (again && now >= *again)) {
                quiet.done();
                again.reset();
                rendered_on_ = shell.client().status().session;
                last_ = update(shell, updater);
                told_.clear();
                tell(shell, quiet.due().has_value());
                if (once) {
                    part(shell, *subscription);
                    return finish(shell, *last_);
                }
                if (last_->code != Exit::ok) complain(shell, *last_);
                if (interrupted_) throw Stop{Exit::interrupted};
                if (last_->may_pass_later && retry.count() > 0) again = std::chrono::steady_clock::now() + retry;
                continue;
            }
            shell.say_stream_state();
            tell(shell, due.has_value());
            if (once && !due && now >= patience) throw Stop{Exit::unreachable, "no server has answered in time"};
            shell.run_one(due ? due : once ? std::optional(patience) : again);
        }
    }

  private:
    std::vector<Pair> load() const {
        std::vector<Pair> out;
        std::set<std::string> targets;
        const auto mode = mode_of(mode_);
        for (const std::string& word : pairs_) {
            const std::size_t colon = word.find(':');
            if (colon == std::string::npos || colon == 0 || colon + 1 == word.size() || colon != word.rfind(':'))
                throw usage_error("write TEMPLATE:FILE, not \"" + word + '"');
            const std::string source = word.substr(0, colon);
            const std::string target = word.substr(colon + 1);
            if (!targets.insert(target).second) throw usage_error(target + " is to be made of two templates");
            auto nodes = templates::parse(read_file(source));
            if (!nodes) throw Stop{Exit::invalid, templates::to_text(nodes.error(), source)};
            out.push_back({source, *std::move(nodes), TargetFile(target, mode)});
        }
        return out;
    }
    Steps steps() const {
        if (!check_.empty() && check_.find("{}") == std::string::npos)
            throw usage_error("--check needs {} where the path of the new file belongs");
        return {check_, reload_, duration_of(limit_, "--command-timeout"), dry_run_};
    }

    void take(const client::Change& change) {
        for (const client::Event& event : change.events) {
            if (event.deleted())
                values_.erase(event.key);
            else
                values_.insert_or_assign(event.key, event.value);
        }
        revision_ = change.position.revision;
    }

    /// Changes that come meanwhile wait in values_: what is rendered was made into text before.
    Outcome update(Shell& shell, Updater& updater) {
        rendered_ = revision_;
        const Turn turn = [&](SteadyTime until) { shell.run_one(until); };
        // A file that was replaced without its reload would stay so: the next start sees nothing to do.
        const Turn reload_turn = [&](SteadyTime until) {
            try {
                shell.run_one(until);
            } catch (const Stop&) {
                interrupted_ = true;
            }
        };
        Outcome outcome = updater.update(values_, rendered_, turn, reload_turn);
        for (std::size_t i = 0; i < outcome.files.size(); ++i) show(shell, updater.pairs()[i], outcome.files[i]);
        return outcome;
    }
    void show(Shell& shell, const Pair& pair, const FileResult& file) const {
        const bool written = file.state == FileResult::State::written;
        if (!written && !once_ && !dry_run_) return;
        const std::string_view state = !written ? "unchanged" : dry_run_ ? "would change" : "written";
        const std::string path = pair.target.path().string();
        std::ostream& out = shell.out().stream();
        if (shell.wants_document()) {
            shell.out().document(json::object{{"file", path}, {"state", state}, {"revision", rendered_}},
                                 shell.format(Format::json));
        } else {
            out << state << ' ' << one_line(path, 4096) << '\n';
            if (dry_run_ && written) out << difference_of(shell.out(), file.before, file.after);
        }
        out.flush();
    }

    /// Once on each stream, as soon as there is one: also to a server that has come back.
    void tell(Shell& shell, bool more_waits) {
        const client::Status status = shell.client().status();
        if (dry_run_ || !last_ || status.state != client::StreamState::live || told_ == status.session) return;
        const bool same_stream = rendered_on_ == status.session;
        if (!same_stream && more_waits) return;  // what is rendered may be of another history
        const auto revision = same_stream ? rendered_ : status.position.revision;
        shell.client().ack({revision, last_->code != Exit::ok, last_->key, one_line(last_->error, 1000)});
        told_ = status.session;
    }
    /// What was told is on its way, and the stream has ended as it should.
    static void part(Shell& shell, client::Subscription& subscription) {
        const SteadyTime until = std::chrono::steady_clock::now() + parting;
        subscription.cancel();
        while (shell.client().status().state != client::StreamState::idle && std::chrono::steady_clock::now() < until)
            shell.run_one(until);
    }
    Exit finish(Shell& shell, const Outcome& outcome) const {
        if (outcome.code != Exit::ok) complain(shell, outcome);
        return interrupted_ ? Exit::interrupted : outcome.code;
    }
    static void complain(Shell& shell, const Outcome& outcome) {
        std::ostream& error = shell.error().stream();
        error << outcome.output << (outcome.output.empty() || outcome.output.ends_with('\n') ? "" : "\n");
        error << "confcast: " << one_line(outcome.error, 4096) << std::endl;
    }

    std::vector<std::string> pairs_;
    bool once_ = false;
    bool dry_run_ = false;
    std::string check_;
    std::string reload_;
    std::string limit_ = "30s";
    std::string mode_;
    std::string wait_ = "0s";
    std::string retry_ = "30s";
    std::string client_id_;

    Values values_;
    client::Revision revision_ = 0;  // of values_
    client::Revision rendered_ = 0;  // of the last update
    std::optional<Outcome> last_;
    std::string rendered_on_;  // the stream at that time
    std::string told_;         // the stream that knows what became of it
    bool interrupted_ = false;
};

}  // namespace

std::unique_ptr<Command> make_render() { return std::make_unique<Render>(); }

}  // namespace confcast::cli
