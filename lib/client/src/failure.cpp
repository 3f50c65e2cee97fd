#include "confcast/client/failure.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "confcast/base/utf8.hpp"
#include "failures.hpp"

namespace confcast::client {
namespace json = boost::json;

namespace {

json::value particular(const std::string& data, std::string_view name) {
    boost::system::error_code error;
    const json::value parsed = json::parse(data, error);
    if (error || !parsed.is_object()) return nullptr;
    const json::value* found = parsed.get_object().if_contains(name);
    return found != nullptr ? *found : json::value(nullptr);
}

}  // namespace

std::string_view name_of(FailureKind kind) {
    switch (kind) {
        case FailureKind::answered:
            return "answered";
        case FailureKind::invalid:
            return "invalid";
        case FailureKind::unreachable:
            return "unreachable";
        case FailureKind::timed_out:
            return "timed_out";
        case FailureKind::lost:
            return "lost";
        case FailureKind::bad_answer:
            return "bad_answer";
        case FailureKind::cancelled:
            return "cancelled";
        case FailureKind::file:
            return "file";
    }
    return "?";
}

bool Failure::outcome_unknown() const {
    if (kind == FailureKind::answered) return *this == Errc::outcome_unknown;
    return sent && kind != FailureKind::invalid;
}

std::string Failure::detail(std::string_view name) const {
    const json::value value = particular(data, name);
    if (value.is_null()) return {};
    if (value.is_string()) return std::string(value.get_string());
    return json::serialize(value);
}

std::int64_t Failure::number(std::string_view name) const {
    const json::value value = particular(data, name);
    return value.is_int64() ? value.get_int64() : 0;
}

std::string Failure::to_string() const {
    std::string about;
    const auto add = [&about](std::string_view what, const std::string& text) {
        if (text.empty()) return;
        about += about.empty() ? " (" : ", ";
        about += what;
        about += text;
    };
    add("code ", code == 0 ? std::string() : std::to_string(code));
    add("request ", request_id);
    add("", server);
    if (!about.empty()) about += ')';
    return message + about;
}

void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
    throw std::runtime_error(failure.to_string());
}

Failure failure_of(FailureKind kind, std::string message) {
    Failure failure;
    failure.kind = kind;
    failure.message = std::move(message);
    return failure;
}

Failure invalid(Errc code, std::string message) {
    Failure failure = failure_of(FailureKind::invalid, std::move(message));
    failure.code = static_cast<std::int32_t>(code);
    return failure;
}

Failure invalid(const Error& error) {
    Failure failure = invalid(error.code(), error.detail("rule"));
    if (failure.message.empty()) failure.message = std::string(confcast::name_of(error.code()));
    json::object data;
    for (const Detail& detail : error.details()) {
        if (const auto* text = std::get_if<std::string>(&detail.value))
            data[detail.name] = escape_invalid_utf8(*text);
        else
            data[detail.name] = std::get<std::int64_t>(detail.value);
    }
    failure.data = json::serialize(data);
    return failure;
}

}  // namespace confcast::client
