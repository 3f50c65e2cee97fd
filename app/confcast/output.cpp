#include "output.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <ostream>

#include "confcast/base/utf8.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

// Words that YAML does not read as a number, a date, a truth value or syntax.
bool is_plain(std::string_view text) {
    constexpr std::array<std::string_view, 10> words{"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"};
    if (text.empty() || !std::isalpha(static_cast<unsigned char>(text.front()))) return false;
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (std::ranges::find(words, lower) != words.end()) return false;
    return std::ranges::all_of(
        text, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '/' || c == '.' || c == '-'; });
}

std::string scalar(const json::value& value) {
    return value.is_string() ? yaml_scalar(value.get_string()) : json::serialize(value);
}

void append_yaml(std::string& out, const json::value& value, std::size_t depth);

void append_member(std::string& out, const json::value& value, std::size_t depth) {
    const bool empty =
        (value.is_object() && value.get_object().empty()) || (value.is_array() && value.get_array().empty());
    if (empty || !value.is_structured()) {
        out += ' ' + scalar(value) + '\n';
    } else {
        out += '\n';
        append_yaml(out, value, depth);
    }
}

void append_yaml(std::string& out, const json::value& value, std::size_t depth) {
    const std::string indent(2 * depth, ' ');
    if (value.is_object()) {
        for (const auto& [name, member] : value.get_object()) {
            out += indent + scalar(json::value(name)) + ':';
            append_member(out, member, depth + 1);
        }
    } else if (value.is_array()) {
        for (const json::value& element : value.get_array()) {
            std::string inner;
            append_member(inner, element, depth + 1);
            // The first member stands behind the dash.
            if (inner.front() == '\n') inner = inner.substr(1 + 2 * depth + 1);
            (out += indent).append("-").append(inner);
        }
    }
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
    return is_plain(text) ? std::string(text) : json::serialize(json::string(text));
}

std::string to_yaml(const json::value& value) {
    std::string out;
    if (!value.is_structured() || json::serialize(value).size() == 2) return scalar(value) + '\n';
    append_yaml(out, value, 0);
    return out;
}

std::string one_line(std::string_view text, std::size_t most) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    std::size_t characters = 0;
    for (const char c : escape_invalid_utf8(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (begins_character(c) && characters++ == most) return out + "…";
        if (byte < 0x20 || byte == 0x7F) {
            out += c == '\n' ? "\\n" : std::string("\\x") + digits[byte >> 4U] + digits[byte & 15U];
        } else {
            out += c;
        }
    }
    return out;
}

std::string Output::painted(std::string_view code, std::string_view text) const {
    if (!colours_) return std::string(text);
    return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
}

void Output::document(const json::value& value, Format format) const {
    if (format == Format::yaml)
        stream_ << "---\n" << to_yaml(value);
    else
        stream_ << json::serialize(value) << '\n';
}

void Table::print(const Output& out) const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    bool header = true;
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out.stream() << (header ? out.bold(row[i]) : row[i]);
            if (i + 1 < row.size()) out.stream() << std::string(widths[i] - width(row[i]) + 2, ' ');
        }
        out.stream() << '\n';
        header = false;
    }
}

}  // namespace confcast::cli
