#include "reloader.hpp"

#include <utility>

namespace confcast::app {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    constexpr std::string_view prefix = "confcastd: ";
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.starts_with(prefix)) line.remove_prefix(prefix.size());
        out.emplace_back(line);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

bool is_set(const std::vector<Effective>& all, std::string_view path) {
    for (const Effective& one : all)
        if (one.path == path) return !one.given.words.front().empty();
    return false;
}

}  // namespace

Reloader::Reloader(Invocation invocation, const Configuration& running)
    : invocation_(std::move(invocation)), running_(running.effective) {}

std::variant<Reloader::Change, std::vector<std::string>> Reloader::read() {
    const auto read = configure(invocation_);
    if (const auto* ending = std::get_if<Ending>(&read)) return lines_of(ending->text);
    const std::vector<Effective>& fresh = std::get<Configuration>(read).effective;
    // A port begins or ceases to speak TLS when the server starts.
    const bool tls_stays = is_set(fresh, "tls.cert") == is_set(running_, "tls.cert");

    Change change;
    std::vector<Effective> next = running_;
    Layer merged;
    OptionsReader reader;
    for (std::size_t i = 0; i < next.size(); ++i) {
        const bool is_live = next[i].is_live && (tls_stays || !next[i].path.starts_with("tls."));
        if (next[i].given.words != fresh[i].given.words)
            (is_live ? change.applied : change.needs_restart).push_back(next[i].path);
        if (is_live) next[i].given = fresh[i].given;
        merged[&reader.settings().all()[i]] = next[i].given;
    }
    Problems problems;
    change.options = reader.read(merged, problems);
    if (!problems.empty()) {
        std::vector<std::string> sentences;
        for (const Problem& one : problems)
            sentences.push_back(one.text + ": together with what takes a restart it cannot be applied now");
        return sentences;
    }
    running_ = std::move(next);
    return change;
}

}  // namespace confcast::app
