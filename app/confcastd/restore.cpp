#include "restore.hpp"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "confcast/backup/restore.hpp"
#include "configuration.hpp"
#include "stores.hpp"

namespace confcast::app {
namespace {

constexpr int failed = 1;
constexpr int usage = 2;
constexpr int invalid = 7;  // content, as for the command line tool

constexpr const char* manual_text =
    "confcastd restore [FLAGS] FILE|-\n\n"
    "Loads a dump that `confcast backup` has made into an empty store: the one that --store and --prefix name (and\n"
    "--etcd-… say how to reach); all flags of the server are taken. The whole dump is checked first, then written, "
    "then\n"
    "read back and compared. End every server that uses the store before.\n\n"
    "  confcastd restore --store sqlite:./data settings.dump\n"
    "  gunzip < settings.dump.gz | confcastd restore --store etcd:127.0.0.1:2379 -\n\n"
    "Kept: keys, values, content types, authors, messages, times of change, what is left of times to live, tokens.\n"
    "New: revisions and versions are the new store's; its epoch is another one, so that clients are given the state.\n";

int fail(int code, const std::string& sentence) {
    std::fprintf(stderr, "confcastd restore: %s\n", sentence.c_str());
    return code;
}

std::string reason_of(const Error& error) {
    const std::string reason(error.detail("reason"));
    return reason.empty() ? error.to_string() : reason;
}

// The store's calls complete on the loop; it is closed in any case, so that the loop runs empty.
Awaitable<> load(store::Store& store, const store::Layout& layout, backup::DumpFile& dump, SystemTime now,
                 std::function<void(std::int64_t)> done, std::optional<Result<backup::Restored>>& result) {
    result = co_await backup::restore(store, layout, dump, now, std::move(done));
    co_await store.close();
}

void report(const Options& options, const backup::DumpFile& dump, const backup::Restored& restored) {
    std::printf("restored %lld settings and %lld tokens of revision %lld of %s into %s, and read them back\n",
                static_cast<long long>(restored.settings), static_cast<long long>(restored.tokens),
                static_cast<long long>(dump.header().revision), dump.header().epoch.c_str(),
                options.store_name.c_str());
    if (restored.expired > 0)
        std::printf("left out %lld settings whose time to live is over\n", static_cast<long long>(restored.expired));
    if (restored.foreign_lease > 0)
        std::printf("left out %lld settings with a lease that was not confcast's\n",
                    static_cast<long long>(restored.foreign_lease));
}

Result<backup::Restored> run(const Options& options, backup::DumpFile& dump) {
    asio::io_context io(1);
    const SystemClock clock;
    const std::unique_ptr<Log> log = make_stderr_log(options.log_format, LogLevel::warning);
    const Result<store::Layout> layout = store::Layout::make(options.prefix);
    if (!layout) return layout.error();
    const auto opened = open_store(io.get_executor(), options, *layout, clock, *log);
    if (!opened) return opened.error();
    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    const std::int64_t all = dump.totals().settings + dump.totals().tokens;
    const auto progress = [terminal, all](std::int64_t done) {
        if (terminal)
            std::fprintf(stderr, "\r%lld of %lld%s", static_cast<long long>(done), static_cast<long long>(all),
                         done == all ? "\n" : "");
    };
    std::optional<Result<backup::Restored>> result;
    std::exception_ptr thrown;
    asio::co_spawn(io, load(*opened->store, *layout, dump, clock.wall(), progress, result),
                   [&thrown](const std::exception_ptr& e) { thrown = e; });
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
}

}  // namespace

int restore(Invocation invocation) {
    std::vector<std::string>& words = invocation.arguments;
    if (words.empty()) return fail(usage, "name the dump, or - for standard input (see confcastd restore --help)");
    if (words.front() == "--help" || words.front() == "-h") {
        std::fputs(manual_text, stdout);
        return 0;
    }
    const std::string name = words.back();
    if (name != "-" && name.starts_with('-')) return fail(usage, "the dump's name comes last, behind all flags");
    words.pop_back();
    const auto configured = configure(invocation);
    if (const auto* ending = std::get_if<Ending>(&configured)) {
        std::fputs(ending->text.c_str(), ending->code == 0 ? stdout : stderr);
        return ending->code;
    }
    const Options& options = std::get<Configuration>(configured).options;

    Result<backup::DumpFile> dump = name == "-" ? backup::DumpFile::spool(stdin) : backup::DumpFile::open(name);
    if (!dump) return fail(failed, reason_of(dump.error()));
    if (const Result<> whole = dump->check(); !whole) return fail(invalid, reason_of(whole.error()));
    const Result<backup::Restored> restored = run(options, *dump);
    if (!restored) return fail(failed, reason_of(restored.error()));
    report(options, *dump, *restored);
    return 0;
}

}  // namespace confcast::app
