#include "admission.hpp"

#include <algorithm>
#include <map>

namespace confcast::api {
namespace {

// What a transaction adds to one namespace.
struct Growth {
    std::int64_t keys = 0;
    std::int64_t bytes = 0;
};
using Growths = std::map<std::string_view, Growth>;

Growths growths_of(const feed::State& state, std::span<const PlannedWrite> writes) {
    Growths growths;
    for (const PlannedWrite& write : writes) {
        Growth& growth = growths[feed::namespace_of(write.key)];
        if (!write.size) continue;
        const feed::EntryPtr there = state.find(write.key);
        growth.keys += there ? 0 : 1;
        growth.bytes += static_cast<std::int64_t>(*write.size);
        growth.bytes -=
            there ? static_cast<std::int64_t>(there->value.size()) : -static_cast<std::int64_t>(write.key.size());
    }
    return growths;
}

Error full(std::string_view name_space, std::size_t size, std::size_t limit, std::string_view unit) {
    return Error(Errc::quota_exceeded)
        .with("namespace", name_space)
        .with("size", static_cast<std::int64_t>(size))
        .with("limit", static_cast<std::int64_t>(limit))
        .with("unit", unit);
}

// What takes no more room than before is let through: a namespace that is over its limit can be made smaller.
Result<> check_room(const Services& services, std::string_view name_space, const Growth& growth) {
    const feed::State::Usage usage = services.parts.feed.state().usage(name_space);
    const ApiOptions& options = services.options;
    if (growth.keys > 0 && options.max_namespace_keys > 0 &&
        usage.keys + static_cast<std::size_t>(growth.keys) > options.max_namespace_keys)
        return full(name_space, usage.keys, options.max_namespace_keys, "keys");
    if (growth.bytes > 0 && options.max_namespace_bytes > 0 &&
        usage.bytes + static_cast<std::size_t>(growth.bytes) > options.max_namespace_bytes)
        return full(name_space, usage.bytes, options.max_namespace_bytes, "bytes");
    return {};
}

Result<> check_pace(Services& services, std::string_view name_space) {
    Throttle& throttle = services.security.writes;
    if (!throttle.is_on()) return {};
    const Throttle::Verdict verdict = throttle.take(name_space, services.parts.clock.now());
    if (verdict.allowed) return {};
    return Error(Errc::too_many_writes)
        .with("namespace", name_space)
        .with("limit", static_cast<std::int64_t>(services.options.namespace_write_rate.per_second))
        .with("retry_after", verdict.retry_s);
}

}  // namespace

Result<> admit(Call& call, std::span<const PlannedWrite> writes, bool dry_run) {
    const auth::Permissions& permissions = Security::caller_of(call.context).permissions;
    for (const PlannedWrite& write : writes)
        if (!permissions.may_write(write.key)) return Error(Errc::not_allowed).with("key", write.key);
    if (call.services.parts.overloaded && call.services.parts.overloaded()) return Error(Errc::overloaded);
    const Growths growths = growths_of(call.services.parts.feed.state(), writes);
    for (const auto& [name_space, growth] : growths)
        if (const Result<> room = check_room(call.services, name_space, growth); !room) return room;
    if (dry_run) return {};
    for (const auto& [name_space, growth] : growths)
        if (const Result<> pace = check_pace(call.services, name_space); !pace) return pace;
    return {};
}

Result<> admit_condition(const Call& call, std::string_view key) {
    const auth::Permissions& permissions = Security::caller_of(call.context).permissions;
    if (permissions.may_read(key) || permissions.may_write(key)) return {};
    return Error(Errc::not_allowed).with("key", key);
}

Result<> admit_admin(const Call& call) {
    if (Security::caller_of(call.context).permissions.admin()) return {};
    return Error(Errc::admin_required);
}

bool may_read(const Call& call, std::string_view key) {
    return Security::caller_of(call.context).permissions.may_read(key);
}

}  // namespace confcast::api
