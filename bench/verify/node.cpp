#include "node.hpp"

#include <csignal>
#include <stdexcept>

#include "confcast/load/http.hpp"

namespace confcast::verify {

using namespace std::chrono_literals;

Node::Node(std::filesystem::path binary, std::string store, std::filesystem::path log)
    : binary_(std::move(binary)), store_(std::move(store)), log_(std::move(log)) {
    endpoint_.port = load::free_port();
}

void Node::start(const std::vector<std::string>& flags) {
    std::vector<std::string> argv{binary_, "--listen", endpoint_.to_string(), "--store", store_};
    argv.insert(argv.end(), flags.begin(), flags.end());
    process_.emplace(std::move(argv), log_);
    const auto deadline = load::Clock::now() + 60s;
    while (load::Clock::now() < deadline) {
        try {
            if (load::HttpClient(endpoint_, 5s).get("/readyz").status == 200) return;
        } catch (const std::runtime_error&) {  // not listening yet
        }
        if (const auto code = process_->wait(10ms))
            throw std::runtime_error("confcastd ended with " + std::to_string(*code) + ":\n" + last_words());
    }
    throw std::runtime_error("confcastd is not ready after a minute:\n" + last_words());
}

void Node::kill() {
    must_run();
    process_->signal(SIGKILL);
    process_->wait(30s);
}

void Node::drain() {
    must_run();
    process_->signal(SIGTERM);
    const auto code = process_->wait(30s);
    if (!code) throw std::runtime_error("confcastd does not end after SIGTERM:\n" + last_words());
    if (*code != 0)
        throw std::runtime_error("confcastd ended with " + std::to_string(*code) + " after SIGTERM:\n" + last_words());
}

void Node::must_run() {
    if (const auto code = process_->wait(0ms))
        throw std::runtime_error("confcastd has ended by itself with " + std::to_string(*code) + ":\n" + last_words());
}

std::string Node::last_words() const {
    constexpr std::size_t enough = 2'000;
    auto text = process_->output();
    if (text.size() > enough) text.erase(0, text.size() - enough);
    return text;
}

}  // namespace confcast::verify
