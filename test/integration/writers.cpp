#include "writers.hpp"

#include <stdexcept>

namespace confcast::test {

Writers::Writers(const Server& server, WriterPlan plan) : endpoint_(server.endpoint()), plan_(std::move(plan)) {
    for (std::size_t i = 0; i < plan_.threads; ++i) threads_.emplace_back([this, i] { write(i); });
    for (std::size_t i = 0; i < plan_.pair_threads; ++i) threads_.emplace_back([this, i] { write_pairs(i); });
}

void Writers::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    turn_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void Writers::allow(std::uint64_t writes) {
    {
        const std::lock_guard lock(mutex_);
        allowed_ += writes;
    }
    turn_.notify_all();
}

bool Writers::may_write() {
    if (!plan_.on_allowance) return !stopping_;
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [this] { return stopping_ || allowed_ > 0; });
    if (stopping_) return false;
    --allowed_;
    return true;
}

void Writers::write(std::size_t thread) {
    std::map<std::string, std::string> mine;
    load::HttpClient http(endpoint_);
    for (std::uint64_t n = 0; may_write(); ++n) {
        const auto key = plan_.prefix + std::to_string(thread) + "/" + std::to_string(n % plan_.keys);
        const bool removes = plan_.delete_every > 0 && n % plan_.delete_every == plan_.delete_every - 1;
        auto value = removes ? std::string{} : std::to_string(n) + " ";
        if (!removes) value.resize(std::max(plan_.value_bytes, value.size()), 'v');
        mine.erase(key);  // until it is answered
        try {
            const auto response = removes ? http.del("/config/" + key)
                                          : http.put("/config/" + key, value, {{"Content-Type", "text/plain"}});
            if (!(removes && response.status == 404)) note(response);
            if (response.status / 100 == 2) mine[key] = value;
        } catch (const std::runtime_error&) {
            ++failures_;
            break;
        }
    }
    const std::lock_guard lock(mutex_);
    certain_.merge(mine);
}

void Writers::write_pairs(std::size_t thread) {
    load::HttpClient http(endpoint_);
    const auto key = plan_.prefix + "pair/" + std::to_string(thread) + "/";
    for (std::uint64_t n = 0; may_write(); ++n) {
        const auto value = std::to_string(n);
        const json::value body{
            {"put", json::array{{{"key", key + "a"}, {"value", value}}, {{"key", key + "b"}, {"value", value}}}}};
        try {
            note(http.request("POST", "/api/v1/txn", {{"Content-Type", "application/json"}}, json::serialize(body)));
        } catch (const std::runtime_error&) {
            ++failures_;
            break;
        }
    }
}

void Writers::note(const load::HttpResponse& response) {
    if (response.status / 100 != 2) {
        ++failures_;
        return;
    }
    ++acknowledged_;
    // The revision's name differs between a write and a transaction; its number is what counts.
    const auto data = envelope_of(response).at("data").as_object();
    const auto* found = data.if_contains("mod_revision");
    if (found == nullptr) found = data.if_contains("revision");
    if (found == nullptr) return;
    const auto revision = found->to_number<std::int64_t>();
    auto known = last_revision_.load();
    while (known < revision && !last_revision_.compare_exchange_weak(known, revision)) {
    }
}

}  // namespace confcast::test
