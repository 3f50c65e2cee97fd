// What was changed, by whom, and what was refused: one JSON line each, never a value and never a credential. The latest
// are kept for GET /api/v1/audit; all of them go to the sink.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "confcast/base/clock.hpp"
#include "confcast/base/error.hpp"
#include "confcast/http/middleware.hpp"
#include "confcast/store/types.hpp"

namespace confcast::api {

/// What a write did to one key.
struct AuditedKey {
    std::string_view operation;  // "put", "delete", "notify"
    std::string key;
    store::Revision before = 0;  // 0: it was not there
};

class Audit {
  public:
    static constexpr std::size_t max_kept = 1'000;

    /// The clock outlives it. `sink` takes a whole line without its end.
    Audit(const Clock& clock, std::function<void(std::string_view line)> sink)
        : clock_(clock), sink_(std::move(sink)) {}

    /// A write that the store has. `done` is its revision; 0: it is not known whether it happened.
    void wrote(const http::Context& context, std::span<const AuditedKey> keys, store::Revision done);
    /// A token was made, changed or revoked, a client dismissed: `event` says which, `subject` whose.
    void administered(const http::Context& context, std::string_view event, std::string_view subject,
                      store::Revision done);
    /// A request was refused for what its caller may do, or how often.
    void refused(const http::Context& context, const Error& why);
    /// A stream got another credential, was closed, …: not a request.
    void streamed(std::string_view event, std::string_view principal, std::string_view reason);

    std::uint64_t lines() const { return lines_; }
    /// The latest, oldest first.
    const std::deque<std::string>& kept() const { return kept_; }

  private:
    std::string begin(std::string_view event) const;
    std::string begin(std::string_view event, const http::Context& context) const;
    void finish(std::string line);

    const Clock& clock_;
    std::function<void(std::string_view)> sink_;
    std::deque<std::string> kept_;
    std::uint64_t lines_ = 0;
};

}  // namespace confcast::api
