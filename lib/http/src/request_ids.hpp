// Ids of requests and places in traces: whether a client's is fit to be used, and ours. Private to the request_id
// middleware.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/trace_context.hpp"
#include "confcast/http/message.hpp"

namespace confcast::http {

/// 1..128 of [A-Za-z0-9._:/+=-].
bool is_sane_request_id(std::string_view id);
/// The trace that the request belongs to: that of its one `traceparent`. nullopt when there is none, several or a bad
/// one.
std::optional<TraceContext> brought_trace(const Request& request);

/// Makes ids that are unique in the process and very likely among processes; not secret. An id is 13 characters of
/// [0-9a-v], 64 bits: it fits std::string's own buffer, so that making and copying one allocates nothing.
class RequestIds {
  public:
    /// Seeded from the system's random source.
    RequestIds();
    explicit RequestIds(std::uint64_t seed) : state_(seed) {}

    std::string next();
    /// Of a span: not zero, and none comes twice.
    std::uint64_t next_span();
    /// A trace that begins here, with a span.
    TraceContext next_trace();

  private:
    std::uint64_t number();

    std::uint64_t state_;
};

}  // namespace confcast::http
