// Ids of requests: whether a client's is fit to be echoed and logged, and ours. Private to the request_id middleware.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace confcast::http {

/// 1..128 of [A-Za-z0-9._:/+=-].
bool is_sane_request_id(std::string_view id);

/// Makes ids that are unique in the process and very likely among processes; not secret. An id is 13 characters of
/// [0-9a-v], 64 bits: it fits std::string's own buffer, so that making and copying one allocates nothing.
class RequestIds {
  public:
    /// Seeded from the system's random source.
    RequestIds();
    explicit RequestIds(std::uint64_t seed) : state_(seed) {}

    std::string next();

  private:
    std::uint64_t state_;
};

}  // namespace confcast::http
