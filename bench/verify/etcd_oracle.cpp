// etcd's history as `etcdctl watch` prints it: one line of JSON a response. It goes to another member by itself; should
// it end, it is started again behind what it has said.
#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <stdexcept>

#include "confcast/test/child_process.hpp"
#include "oracle.hpp"

namespace confcast::verify {
namespace {

namespace json = boost::json;

std::string decode_base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char digit : text) {
        if (digit == '=') break;
        bits = bits << 6U | static_cast<std::uint32_t>(digits.find(digit));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU));
    }
    return bytes;
}

std::int64_t number(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? 0 : value->to_number<std::int64_t>();
}

std::string bytes_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? std::string{} : decode_base64(value->as_string());
}

class EtcdOracle : public Oracle {
  public:
    EtcdOracle(std::string endpoints, std::filesystem::path scratch)
        : endpoints_(std::move(endpoints)), scratch_(std::move(scratch)) {}

    void poll(Court& court) override {
        if (!process_) start();
        std::string line;
        while (std::getline(lines_, line)) {
            if (lines_.eof()) break;  // not all of it is there yet
            read_ = lines_.tellg();
            take(line, court);
        }
        lines_.clear();
        lines_.seekg(read_);
        if (process_->wait(std::chrono::milliseconds{0})) process_.reset();
    }

  private:
    void start() {
        const auto log = scratch_ / ("history" + std::to_string(starts_++));
        process_.emplace(
            std::vector<std::string>{"/usr/bin/env", "ETCDCTL_API=3", "/usr/bin/etcdctl", "--endpoints", endpoints_,
                                     "watch", "--prefix", "/config", "--rev", std::to_string(seen_ + 1), "-w", "json"},
            log);
        lines_ = std::ifstream(log, std::ios::binary);
        read_ = 0;
    }

    void take(const std::string& line, Court& court) {
        if (!line.starts_with("{")) return;  // what it says when it ends
        const auto response = json::parse(line).as_object();
        if (number(response, "CompactRevision") != 0)
            throw std::runtime_error("etcd was compacted before its history had been read");
        const auto* events = response.at("Events").if_array();
        if (events == nullptr) return;
        const std::lock_guard lock(court.mutex);
        for (const auto& each : *events) take_event(each.as_object(), court);
        court.history.complete_to(seen_);
    }

    void take_event(const json::object& object, Court& court) {
        const auto& kv = object.at("kv").as_object();
        Event event;
        event.mod_revision = number(kv, "mod_revision");
        seen_ = std::max(seen_, event.mod_revision);
        const auto key = setting_of(bytes_of(kv, "key"));
        if (!key) return;
        event.key = *key;
        event.is_delete = number(object, "type") == 1;
        if (!event.is_delete) {
            event.value = fingerprint(bytes_of(kv, "value"));
            event.create_revision = number(kv, "create_revision");
            event.version = number(kv, "version");
        }
        court.history.add(std::move(event));
    }

    std::string endpoints_;
    std::filesystem::path scratch_;
    std::optional<test::ChildProcess> process_;
    std::ifstream lines_;
    std::ifstream::pos_type read_ = 0;
    int starts_ = 0;
    Revision seen_ = 0;
};

}  // namespace

std::unique_ptr<Oracle> make_etcd_oracle(const std::string& endpoints, const std::filesystem::path& scratch) {
    return std::make_unique<EtcdOracle>(endpoints, scratch);
}

}  // namespace confcast::verify
