// The texts of tokens, the operator's file and instants: what is taken is what it says, and is said in one way.
#include <string>

#include "confcast/auth/credentials_file.hpp"
#include "confcast/auth/token.hpp"
#include "confcast/auth/token_book.hpp"
#include "target.hpp"
#include "time_text.hpp"

namespace confcast::fuzz {
namespace {

const auth::NewToken& only_token() {
    static const auth::NewToken token = auth::make_token("fuzz", auth::Permissions::all(), std::nullopt, SystemTime{});
    return token;
}

void try_as_token(std::string_view text) {
    if (const auto id = auth::id_of_token_text(text)) {
        demand(auth::is_token_id(*id), "an id has its form");
        demand(text.starts_with(auth::token_prefix), "a token begins as all do");
    }
    auth::TokenBook book;
    book.replace_file({only_token().token});
    demand(book.find(text, SystemTime{}).has_value() == (text == only_token().text), "only the token itself opens");
    // As near as one can come without it.
    std::string near = only_token().text;
    near.replace(near.size() - std::min(near.size(), text.size()), std::string::npos, text);
    demand(book.find(near, SystemTime{}).has_value() == (near == only_token().text), "only the whole token opens");
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(tokens) {
    try_as_token(bytes);
    if (const auto credentials = auth::parse_credentials(bytes)) {
        const auto again = auth::parse_credentials(auth::format_credentials(*credentials));
        demand(again && *again == *credentials, "credentials stay what they are");
    }
    if (const auto time = auth::parse_time(bytes))
        demand(auth::parse_time(auth::format_time(*time)) == time, "an instant stays what it is");
}
