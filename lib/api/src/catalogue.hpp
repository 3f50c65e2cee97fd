// What people read of an error: one sentence per code in English and in Chinese. A sentence says what is wrong and what
// to do. Invariant: every Errc has both (the switch has no default), and nothing of unbounded length gets into them.
#pragma once

#include <string>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/http/middleware.hpp"

namespace confcast::api {

/// Templates. `{name}` stands for the error's particular of that name. `[…]` is left out when a particular in it is
/// missing, so that a sentence reads well with whatever its finder knew.
struct Sentences {
    std::string_view en;
    std::string_view zh;
};
Sentences sentences_of(Errc code);

/// The sentence for this error. A particular is shown escaped and cut after max_shown_bytes.
std::string message_of(const Error& error, http::Language language);
/// A template without its particulars' braces and brackets, for the catalogue page and tests: "{key}" stays readable.
inline constexpr std::size_t max_shown_bytes = 200;

/// Text for people: invalid UTF-8 and control characters written as \xNN, cut at a character after `limit` bytes ("…").
std::string shown(std::string_view text, std::size_t limit);

}  // namespace confcast::api
