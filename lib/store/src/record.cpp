#include "confcast/store/record.hpp"

#include "confcast/base/utf8.hpp"

namespace confcast::store {
namespace {

constexpr std::string_view trace_line = "\ntraceparent: ";

void append_escaped(std::string& out, std::string_view text) {
    static constexpr char hex[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F || c == '%') {
            out += '%';
            out += hex[byte >> 4U];
            out += hex[byte & 15U];
        } else {
            out += c;
        }
    }
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

}  // namespace

void append_line(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out += name;
    out += ": ";
    append_escaped(out, value);
    out += '\n';
}

bool read_record(std::string_view bytes, std::string_view header,
                 const std::function<bool(std::string_view name, std::string value)>& visit) {
    if (!bytes.starts_with(header)) return false;
    bytes.remove_prefix(header.size());
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        if (end == std::string_view::npos) return false;
        const auto line = bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos) return false;
        auto value = unescape(line.substr(colon + 2));
        if (!value || !is_valid_utf8(*value) || !visit(line.substr(0, colon), std::move(*value))) return false;
    }
    return true;
}

void append_trace(std::string& out, const std::optional<TraceContext>& trace) {
    if (trace) append_line(out, trace_line.substr(1, trace_line.size() - 3), trace->text());
}

std::optional<TraceContext> trace_of(std::string_view record) {
    const std::size_t at = record.find(trace_line);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = record.substr(at + trace_line.size());
    return TraceContext::parse(rest.substr(0, rest.find('\n')));
}

std::string encode_trace(const TraceContext& trace) {
    std::string out = "confcast-trace 1\n";
    append_trace(out, trace);
    return out;
}

}  // namespace confcast::store
