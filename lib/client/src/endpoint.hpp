// Where servers are, and which of them is used: the one that worked last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/client/failure.hpp"

namespace confcast::client {

struct Endpoint {
    std::string host;  // without brackets
    std::string port;
    bool tls = false;
    /// HOST:PORT, the host in brackets when it is an IPv6 address.
    std::string to_string() const;
};

/// "http://HOST[:PORT][/]", the same with https://, or "HOST[:PORT]"; the port is 8080 when there is none, with TLS
/// too. `invalid` with the rule.
Result<Endpoint> parse_endpoint(std::string_view text);

class Endpoints {
  public:
    explicit Endpoints(std::vector<Endpoint> all) : all_(std::move(all)) {}
    std::size_t size() const { return all_.size(); }
    std::size_t current() const { return current_; }
    const Endpoint& operator[](std::size_t index) const { return all_[index]; }
    /// It did not work: the next one is used, unless that has been decided already.
    void pass_over(std::size_t index) {
        if (index == current_) current_ = (current_ + 1) % all_.size();
    }

  private:
    std::vector<Endpoint> all_;
    std::size_t current_ = 0;
};

}  // namespace confcast::client
