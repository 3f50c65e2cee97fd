// confcastd: from a command line to a server and its exit code (0 ended well, 1 could not start, 2 usage).
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "application.hpp"
#include "options.hpp"
#include "restore.hpp"
#include "stores.hpp"

namespace confcast::app {
namespace {

int fail(const std::string& sentence) {
    std::fprintf(stderr, "confcastd: %s\n", sentence.c_str());
    return 1;
}

int serve(const Options& options) {
    asio::io_context io(1);
    const SystemClock clock;
    const std::unique_ptr<Log> log = make_stderr_log(options.log_format, options.log_level);
    const Result<store::Layout> layout = store::Layout::make(options.prefix);
    if (!layout) return fail(layout.error().detail("reason"));
    const auto opened = open_store(io.get_executor(), options, *layout, clock, *log);
    if (!opened) return fail(opened.error().detail("reason"));
    Application application(io, options, *opened->store, *layout, clock, *log);
    opened->register_metrics(application.registry());
    const Result<> listening = application.listen();
    if (!listening) return fail(listening.error().detail("reason"));
    application.run();
    return 0;
}

}  // namespace
}  // namespace confcast::app

int main(int count, char** arguments) {
    using namespace confcast::app;  // NOLINT(google-build-using-namespace)
    std::signal(SIGPIPE, SIG_IGN);  // a peer that has gone is an error of its write, not of the process
    try {
        if (count > 1 && std::string_view(arguments[1]) == "restore") return restore(count, arguments);
        const auto parsed = parse_options(count, arguments);
        if (const auto* ending = std::get_if<Ending>(&parsed)) {
            std::fputs(ending->text.c_str(), ending->code == 0 ? stdout : stderr);
            return ending->code;
        }
        return serve(std::get<Options>(parsed));
    } catch (const std::exception& e) {
        return fail(e.what());
    }
}
