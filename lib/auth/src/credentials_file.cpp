#include "confcast/auth/credentials_file.hpp"

#include <algorithm>
#include <functional>

#include "file.hpp"

namespace confcast::auth {
namespace {

constexpr std::string_view parameter = "credentials";

// The same error, which also says in which file.
Error in_file(const std::filesystem::path& path, const Error& error) {
    return file_error(parameter, path, "is not taken: " + error.detail("reason"))
        .with("pointer", error.detail("pointer"));
}

Result<Credentials> read(const std::filesystem::path& path, const TrustedFile& file) {
    if (file.others_read()) return too_open(parameter, path);
    auto credentials = parse_credentials(file.bytes);
    if (!credentials) return in_file(path, credentials.error());
    return credentials;
}

Result<> rewrite(const std::filesystem::path& path, const std::function<Result<>(Credentials&)>& change) {
    return rewrite_trusted(parameter, path, max_credentials_bytes,
                           [&](const std::optional<TrustedFile>& before) -> Result<std::string> {
                               Result<Credentials> credentials = before ? read(path, *before) : Credentials{};
                               if (!credentials) return credentials.error();
                               if (const auto changed = change(*credentials); !changed) return changed.error();
                               std::string text = format_credentials(*credentials);
                               if (text.size() > max_credentials_bytes)
                                   return file_error(parameter, path, "would be larger than 4 MiB");
                               return text;
                           });
}

Error bad_id(std::string_view reason, std::string_view id) {
    return Error(Errc::invalid_parameter)
        .with("parameter", "id")
        .with("reason", reason)
        .with("id", is_token_id(id) ? id : std::string_view());
}

}  // namespace

Result<Credentials> load_credentials(const std::filesystem::path& path) {
    const auto file = read_trusted(parameter, path, max_credentials_bytes);
    if (!file) return file.error();
    if (!*file) return file_error(parameter, path, "is not there");
    return read(path, **file);
}

Result<> add_token(const std::filesystem::path& path, const Token& token) {
    return rewrite(path, [&](Credentials& credentials) -> Result<> {
        for (const Token& other : credentials.tokens)
            if (other.id == token.id) return bad_id("there is a token of this id", token.id);
        credentials.tokens.push_back(token);
        return {};
    });
}

Result<> remove_token(const std::filesystem::path& path, std::string_view id) {
    return rewrite(path, [&](Credentials& credentials) -> Result<> {
        const auto removed = std::erase_if(credentials.tokens, [&](const Token& token) { return token.id == id; });
        if (removed == 0) return bad_id("there is no token of this id", id);
        return {};
    });
}

}  // namespace confcast::auth
