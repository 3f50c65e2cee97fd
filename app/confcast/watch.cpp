#include <boost/json.hpp>
#include <deque>
#include <ostream>

#include "base64.hpp"
#include "child.hpp"
#include "command.hpp"
#include "confcast/base/utf8.hpp"
#include "units.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds look_at_child{20};
// Changes that wait for a command that is slower than they come; beyond it only the latest of each key is kept.
constexpr std::size_t most_waiting = 10'000;

std::string_view op_of(const client::Event& event) { return event.deleted() ? "delete" : "put"; }

json::object shown(const client::Event& event) {
    json::object out{{"op", op_of(event)}, {"key", event.key}, {"mod_revision", event.mod_revision}};
    if (event.deleted()) return out;
    if (is_valid_utf8(event.value)) {
        out["value"] = event.value;
    } else {
        out["value"] = to_base64(event.value);
        out["encoding"] = "base64";
    }
    out["version"] = event.version;
    out["content_type"] = event.content_type;
    return out;
}

class Watch final : public Command {
  public:
    CommandText text() const override {
        return {"watch", "Show each change as it happens, or run a command for it",
                "Restarts of the server are survived. The command gets CONFCAST_KEY, CONFCAST_OP (put or delete) and "
                "CONFCAST_REVISION, and the value as its standard input; one runs at a time, in order.",
                "confcast watch app/\n"
                "confcast watch --key app/port --count 1 --timeout 60s\n"
                "confcast watch app/ -- sh -c 'echo $CONFCAST_OP $CONFCAST_KEY; systemctl reload app'\n"
                "confcast watch --initial -o json app/\n"
                "confcast watch app/ --since 42 --count 1",
                true};
    }
    void define(CLI::App& app) override {
        app.add_option("PREFIX", words_, "What the keys begin with; none: all. After --: a command");
        app.add_option("--key", filters_.keys, "A key; repeatable")->type_name("KEY")->allow_extra_args(false);
        app.add_option("--glob", filters_.globs, "A glob such as app/*/db; repeatable")
            ->type_name("GLOB")
            ->allow_extra_args(false);
        app.add_flag("--initial", initial_, "What is there now first, as changes");
        app.add_option("--since", since_, "Changes after that position: EPOCH:REVISION, or REVISION")
            ->type_name("POSITION");
        app.add_option("--count", count_, "End after so many changes")->type_name("N");
        app.add_option("--timeout", timeout_, "End after that time; with --count exit 6")->type_name("DURATION");
    }
    void set_rest(const std::vector<std::string>& rest) override { command_ = rest; }

    Exit run(Shell& shell) override {
        filters_.prefixes = words_;
        const auto until = deadline();
        if (initial_ && !since_.empty()) throw usage_error("--initial or --since, not both");
        const auto callback = [this](const client::Change& change) { take(change); };
        auto subscription = since_.empty() ? shell.client().watch(filters_, callback)
                                           : shell.client().watch_since(filters_, callback, position(shell));
        if (!subscription) throw stop_for(subscription.error());
        while (count_ == 0 || seen_ < count_) {
            if (until && std::chrono::steady_clock::now() >= *until) return count_ == 0 ? Exit::ok : Exit::unreachable;
            if (waiting_.empty()) {
                shell.say_stream_state();
                shell.run_one(until);
                continue;
            }
            const client::Event event = std::move(waiting_.front());
            waiting_.pop_front();
            ++seen_;
            if (command_.empty())
                print(shell, event);
            else
                run_command(shell, event);
        }
        return Exit::ok;
    }

  private:
    std::optional<SteadyTime> deadline() const {
        if (timeout_.empty()) return std::nullopt;
        const auto parsed = app::parse_duration(timeout_);
        if (!parsed) throw usage_error("write a time such as 500ms, 10s or 5m, not \"" + timeout_ + "\"");
        return std::chrono::steady_clock::now() + *parsed;
    }
    /// Without an epoch the server's own is meant.
    client::Position position(Shell& shell) const {
        const std::size_t colon = since_.find(':');
        const std::string digits = since_.substr(colon == std::string::npos ? 0 : colon + 1);
        if (digits.empty() || digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string::npos)
            throw usage_error("write a position as EPOCH:REVISION or REVISION, not \"" + since_ + '"');
        const client::Revision revision = std::stoll(digits);
        if (colon != std::string::npos) return {since_.substr(0, colon), revision};
        client::ListOptions none;
        none.page = 1;
        return {shell.wait(shell.client().list_page("", "", none)).position.epoch, revision};
    }
    void take(const client::Change& change) {
        if (change.cause == client::Change::Cause::initial && !initial_) return;
        for (const client::Event& event : change.events) {
            if (waiting_.size() >= most_waiting)
                std::erase_if(waiting_, [&](const client::Event& older) { return older.key == event.key; });
            waiting_.push_back(event);
        }
    }
    static void print(Shell& shell, const client::Event& event) {
        std::ostream& out = shell.out().stream();
        switch (shell.format(Format::table)) {
            case Format::json:
            case Format::yaml:
                shell.out().document(shown(event), shell.format(Format::json));
                break;
            case Format::value:
                if (!event.deleted()) out << event.value << '\n';
                break;
            default:
                out << event.mod_revision << ' '
                    << (event.deleted() ? shell.out().red("delete") : shell.out().green("put")) << ' '
                    << one_line(event.key, 512);
                if (!event.deleted()) out << ' ' << one_line(event.value, 200);
                out << '\n';
        }
        out.flush();
    }
    void run_command(Shell& shell, const client::Event& event) const {
        Child child(command_,
                    {{"CONFCAST_KEY", event.key},
                     {"CONFCAST_OP", std::string(op_of(event))},
                     {"CONFCAST_REVISION", std::to_string(event.mod_revision)}},
                    event.value);
        std::optional<int> code;
        while (!(code = child.ended())) shell.run_one(std::chrono::steady_clock::now() + look_at_child);
        if (*code != 0)
            shell.error().stream() << "confcast: " << command_.front() << " ended with " << *code << " for "
                                   << one_line(event.key, 512) << std::endl;
    }

    std::vector<std::string> words_;
    client::Filters filters_;
    bool initial_ = false;
    std::string since_;
    std::uint64_t count_ = 0;
    std::string timeout_;
    std::vector<std::string> command_;
    std::deque<client::Event> waiting_;
    std::uint64_t seen_ = 0;
};

}  // namespace

std::unique_ptr<Command> make_watch() { return std::make_unique<Watch>(); }

}  // namespace confcast::cli
