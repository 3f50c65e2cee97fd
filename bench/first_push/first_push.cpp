// The demonstration: opens a watcher, writes a setting over REST, shows the change arrive and says how long it took.
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "confcast/load/http.hpp"
#include "confcast/load/push_message.hpp"
#include "confcast/load/websocket.hpp"

namespace confcast::load {
namespace {

void line(const char* who, std::string_view what) {
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    std::printf("%s%-9s%s %.*s\n", terminal ? "\x1b[1m" : "", who, terminal ? "\x1b[0m" : "",
                static_cast<int>(what.size()), what.data());
    std::fflush(stdout);
}

std::string time_of_day() {
    const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto since_midnight = now - std::chrono::floor<std::chrono::days>(now);
    const std::chrono::hh_mm_ss time(since_midnight);
    char text[32];
    std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03d UTC", static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                  static_cast<int>(time.subseconds().count()));
    return text;
}

double milliseconds(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

std::string receive_or_fail(WebSocketClient& watcher) {
    auto message = watcher.receive();
    if (!message) throw std::runtime_error("nothing came from the server within 10 s");
    return std::move(*message);
}

int run(const Endpoint& server) {
    constexpr std::string_view key = "demo/greeting";
    WebSocketClient watcher(server, "/ws?prefix=demo/&snapshot=false");
    receive_or_fail(watcher);  // the welcome: from here on every change comes
    line("watching", "ws://" + server.to_string() + "/ws?prefix=demo/");

    HttpClient http(server);
    http.get("/livez");  // the connection is there before the clock starts
    const auto value = "hello at " + time_of_day();
    line("write", "PUT http://" + server.to_string() + "/config/demo/greeting   " + value);

    const auto sent = Clock::now();
    http.send(http_request("PUT", "/config/" + std::string(key), {{"Content-Type", "text/plain"}}, value));
    std::string update;
    do {
        update = receive_or_fail(watcher);
    } while (scan_message(update).type != "update");
    const auto arrived = Clock::now();
    const auto answer = http.receive();
    if (answer.status / 100 != 2)
        throw std::runtime_error("the write was refused: " + std::to_string(answer.status) + " " + answer.body);

    line("answer", answer.body);
    line("arrived", update);
    if (update.find(value) == std::string::npos) throw std::runtime_error("what arrived is not what was written");
    char text[64];
    std::snprintf(text, sizeof text, "%.1f ms after the write was sent", milliseconds(arrived - sent));
    line("", text);
    watcher.close();
    return 0;
}

}  // namespace
}  // namespace confcast::load

int main(int argc, char** argv) {
    auto server = confcast::load::Endpoint::parse("127.0.0.1:8080");
    if (argc == 3 && std::strcmp(argv[1], "--server") == 0) server = confcast::load::Endpoint::parse(argv[2]);
    if ((argc != 1 && argc != 3) || !server) {
        std::fputs("usage: first_push [--server HOST:PORT]\n", stderr);
        return 2;
    }
    try {
        return confcast::load::run(*server);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "first_push: %s\n", error.what());
        return 1;
    }
}
