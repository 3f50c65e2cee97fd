// Where the history comes from: the store itself, or, of a server that somebody else runs, a watcher of our own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/load/socket.hpp"
#include "court.hpp"

namespace confcast::verify {

class Oracle {
  public:
    virtual ~Oracle() = default;
    /// Takes over what is new. Throws std::runtime_error when a part of the history is lost to it.
    virtual void poll(Court& court) = 0;
};

/// Reads the embedded store's log from its file, beside the server.
std::unique_ptr<Oracle> make_sqlite_oracle(const std::filesystem::path& directory);
/// `etcdctl watch`, which finds a member that lives by itself. `scratch`: a directory for what it prints.
std::unique_ptr<Oracle> make_etcd_oracle(const std::string& endpoints, const std::filesystem::path& scratch);
/// A stream of everything below the root on the server under test; it never pauses, and must never be sent folded
/// revisions.
std::unique_ptr<Oracle> make_watching_oracle(const load::Endpoint& endpoint, const std::string& root);

/// The key that a store key names, when it is a setting's (default --prefix).
std::optional<std::string> setting_of(std::string_view store_key);

}  // namespace confcast::verify
