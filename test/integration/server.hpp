// A confcastd of a test's own: a free port, a directory of its own, ready when the constructor returns.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/load/http.hpp"
#include "confcast/load/socket.hpp"
#include "confcast/test/child_process.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::test {

namespace json = boost::json;

/// A test that names no store runs on the embedded one, and again on an etcd with CONFCAST_TEST_STORE=etcd: one etcd
/// for all tests of a program, each server with a prefix of its own.
struct ServerSetup {
    std::vector<std::string> flags = {};                            // added to --listen and --store
    std::optional<std::filesystem::path> directory = std::nullopt;  // of an embedded store
    std::optional<std::string> store = std::nullopt;                // --store, as it is
    std::optional<std::uint16_t> port = std::nullopt;               // that others may have too: --reuse-port
    std::optional<std::filesystem::path> stderr_to = std::nullopt;  // instead of the log that output() reads
};

class Server {
  public:
    /// Throws std::runtime_error, with what the server printed, when it does not get ready.
    explicit Server(ServerSetup setup = {});

    /// Starts it again on the same port and store. Precondition: it has ended.
    void start();
    /// SIGKILL, and waits until it is gone.
    void kill();
    /// SIGTERM; its exit code (nullopt when it has not ended after `limit`).
    std::optional<int> terminate(std::chrono::milliseconds limit = std::chrono::seconds{30});
    void signal(int number) const { process_->signal(number); }
    std::optional<int> wait(std::chrono::milliseconds limit) { return process_->wait(limit); }

    const load::Endpoint& endpoint() const { return endpoint_; }
    const std::filesystem::path& directory() const { return directory_; }
    std::uint64_t resident_bytes() const;
    std::string output() const { return process_->output(); }

    /// A new keep-alive connection.
    load::HttpClient http() const { return load::HttpClient(endpoint_); }
    /// PUT of a text; the new mod_revision. Throws std::runtime_error when it was refused.
    std::int64_t put(std::string_view key, std::string_view value) const;
    /// "<epoch>:<revision>" of this node now.
    std::string position() const;

    static std::string binary();

  private:
    void wait_ready();

    TemporaryDirectory temporary_;
    ServerSetup setup_;
    std::filesystem::path directory_;
    std::vector<std::string> store_flags_;
    load::Endpoint endpoint_;
    std::optional<ChildProcess> process_;
};

/// The envelope of an answer. Throws std::runtime_error when the body is not one: `code`, `message` and `data` and
/// nothing else, and a code that belongs to the status.
json::object envelope_of(const load::HttpResponse& response);
std::int64_t code_of(const load::HttpResponse& response);

/// Whether a sanitizer watches this build: everything is several times slower, and what was freed stays resident.
constexpr bool sanitized() {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return true;
#endif
#endif
    return false;
}

}  // namespace confcast::test
