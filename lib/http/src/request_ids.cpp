#include "request_ids.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace confcast::http {

namespace {

constexpr std::array<bool, 256> sane_bytes = [] {
    std::array<bool, 256> sane{};
    for (const char c : std::string_view("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._:/+=-"))
        sane[static_cast<unsigned char>(c)] = true;
    return sane;
}();

}  // namespace

bool is_sane_request_id(std::string_view id) {
    return !id.empty() && id.size() <= 128 &&
           std::ranges::all_of(id, [](char c) { return sane_bytes[static_cast<unsigned char>(c)]; });
}

RequestIds::RequestIds() : state_(0) {
    std::random_device random;
    state_ = std::uint64_t{random()} << 32U | random();
}

std::optional<TraceContext> brought_trace(const Request& request) {
    unsigned count = 0;
    std::string_view found;
    request.headers.each("traceparent", [&](std::string_view value) { ++count, found = value; });
    if (count != 1) return std::nullopt;  // of several nobody knows whose is right
    return TraceContext::parse(found);
}

std::uint64_t RequestIds::number() {
    // SplitMix64: every step is a bijection of 64 bits, so an id comes back after 2^64 others and not before.
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t bits = state_;
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
    return bits ^ (bits >> 31U);
}

std::uint64_t RequestIds::next_span() {
    const std::uint64_t span = number();
    return span != 0 ? span : number();
}

TraceContext RequestIds::next_trace() {
    const std::uint64_t high = next_span();
    const std::uint64_t low = number();
    return TraceContext::make(high, low, next_span(), 0);
}

std::string RequestIds::next() {
    std::uint64_t bits = number();
    std::string id(13, '0');
    for (auto digit = id.rbegin(); digit != id.rend(); ++digit) {
        *digit = "0123456789abcdefghijklmnopqrstuv"[bits & 31U];
        bits >>= 5U;
    }
    return id;
}

}  // namespace confcast::http
