#include "cursor.hpp"

#include <charconv>

#include "confcast/base/base64.hpp"
#include "query.hpp"

namespace confcast::api {
namespace {

constexpr std::string_view format = "1";  // of the text; another one is another server's
constexpr char separator = '\n';          // no prefix has a control character

std::string_view next_field(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return field;
}

}  // namespace

std::string Cursor::to_text() const {
    std::string plain(format);
    plain += separator;
    plain += epoch.to_string();
    plain += separator;
    plain += std::to_string(revision);
    plain += separator;
    plain += prefix;
    plain += separator;
    plain += last_key;
    return base64url_encode(plain);
}

Result<Cursor> Cursor::parse(std::string_view text) {
    Error bad = bad_parameter("cursor", "give back next_cursor of the page before, unchanged");
    const auto plain = base64url_decode(text);
    if (!plain) return bad;
    std::string_view rest = *plain;
    if (next_field(rest) != format) return bad;

    Cursor cursor;
    const auto epoch = store::Epoch::parse(next_field(rest));
    const std::string_view number = next_field(rest);
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), cursor.revision);
    cursor.prefix = next_field(rest);
    cursor.last_key = rest;  // written by hand a key may hold anything
    if (!epoch || parsed.ec != std::errc{} || parsed.ptr != number.data() + number.size() || cursor.revision < 1)
        return bad;
    cursor.epoch = *epoch;
    // only the one spelling: whoever changes a cursor by hand is told, not guessed at
    if (!cursor.last_key.starts_with(cursor.prefix) || cursor.last_key.empty() || cursor.to_text() != text) return bad;
    return cursor;
}

}  // namespace confcast::api
