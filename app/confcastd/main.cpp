// confcastd: from a command line to a server and its exit code (0 ended well, 1 could not start, 2 usage, 7 a wrong
// configuration).
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "application.hpp"
#include "config_command.hpp"
#include "configuration.hpp"
#include "reloader.hpp"
#include "restore.hpp"
#include "stores.hpp"

namespace confcast::app {
namespace {

int fail(const std::string& sentence) {
    std::fprintf(stderr, "confcastd: %s\n", sentence.c_str());
    return 1;
}

int print(const Ending& ending) {
    std::fputs(ending.text.c_str(), ending.code == 0 ? stdout : stderr);
    return ending.code;
}

int serve(const Invocation& invocation) {
    auto configured = configure(invocation);
    if (const auto* ending = std::get_if<Ending>(&configured)) return print(*ending);
    auto& configuration = std::get<Configuration>(configured);
    Options& options = configuration.options;
    auto inherited = ServiceManager::inherited_socket();
    if (!inherited) return fail(inherited.error().detail("reason"));
    if (*inherited)
        if (const std::string problem = adopt(options, std::move(**inherited)); !problem.empty()) return fail(problem);
    const ServiceManager manager;
    asio::io_context io(1);
    const SystemClock clock;
    const std::unique_ptr<Log> log = make_stderr_log(options.log_format, options.log_level);
    for (const std::string& note : configuration.notes) log->warning("app", note);
    const Result<store::Layout> layout = store::Layout::make(options.prefix);
    if (!layout) return fail(layout.error().detail("reason"));
    const auto opened = open_store(io.get_executor(), options, *layout, clock, *log);
    if (!opened) return fail(opened.error().detail("reason"));
    Application application(io, options, *opened->store, *layout, clock, *log);
    opened->register_metrics(application.registry());
    application.set_manager(manager);
    application.set_reloader(std::make_unique<Reloader>(invocation, configuration));
    const Result<> listening = application.listen();
    if (!listening) return fail(listening.error().detail("reason"));
    application.run();
    return 0;
}

int run(Invocation invocation) {
    auto& arguments = invocation.arguments;
    const std::string verb = arguments.empty() ? "" : arguments.front();
    if (verb != "config" && verb != "restore") return serve(invocation);
    arguments.erase(arguments.begin());
    return verb == "restore" ? restore(std::move(invocation)) : print(run_config(std::move(invocation)));
}

}  // namespace
}  // namespace confcast::app

int main(int count, char** arguments) {
    using namespace confcast::app;  // NOLINT(google-build-using-namespace)
    std::signal(SIGPIPE, SIG_IGN);  // a peer that has gone is an error of its write, not of the process
    try {
        return run(Invocation::of(count, arguments));
    } catch (const std::exception& e) {
        return fail(e.what());
    }
}
