#include "once.hpp"

#include <algorithm>

#include "fingerprint.hpp"

namespace confcast::api {
namespace {

constexpr std::string_view header = "Idempotency-Key";
constexpr std::size_t max_bytes = 255;

bool is_visible(char c) { return c > ' ' && c < '\x7F'; }

/// All that makes the write what it is. Not how it was authenticated, nor what the client calls itself.
std::string fingerprint_of(const http::Request& request) {
    const auto of = [&request](std::string_view name) { return request.header(name).value_or(std::string_view()); };
    return fingerprint({http::to_string(request.method), request.path, request.query, of("Content-Type"),
                        of("If-Match"), of("If-None-Match"), request.body});
}

}  // namespace

Result<std::optional<Once>> read_once(const Call& call) {
    const http::Request& request = call.context.request;
    const auto name = request.header(header);
    if (!name) return std::optional<Once>{};
    if (name->empty() || name->size() > max_bytes || !std::ranges::all_of(*name, is_visible))
        return Error(Errc::invalid_header)
            .with("name", header)
            .with("rule", "it has 1 to 255 visible ASCII characters");
    // One caller's key is not another's.
    const std::string_view caller = Security::caller_of(call.context).id;
    return std::optional<Once>{
        {call.services.parts.layout.idempotency_key(fingerprint({*name, caller})), fingerprint_of(request)}};
}

void do_once(Write& write, const std::optional<Once>& once) {
    if (once) write.create(once->store_key, once->request);
}

Awaitable<Result<store::Revision>> repeated(Call& call, const std::optional<Once>& once,
                                            const store::TransactionResult& done) {
    if (!once || done.current.back() == 0) co_return store::Revision{0};
    store::RangeRequest request{store::KeyRange::single(once->store_key), 0, 1, false};
    const Result<store::RangeResult> found = co_await call.services.parts.store.range(std::move(request));
    if (!found) co_return found.error();
    // Its time has come in between: nothing is known of it any more, and nothing was written now.
    if (found->kvs.empty()) co_return Error(Errc::store_timeout);
    if (found->kvs.front().value != once->request) co_return Error(Errc::idempotency_key_reused);
    ++call.services.security.stats().repeated_writes;
    co_return found->kvs.front().mod_revision;
}

}  // namespace confcast::api
