// Files of credentials as an operator has them, and the tokens that belong to them.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "confcast/auth/credentials_file.hpp"
#include "confcast/auth/token.hpp"
#include "confcast/load/http.hpp"

namespace confcast::test {

inline auth::NewToken new_token(std::string name, const std::vector<std::string>& permissions) {
    return auth::make_token(std::move(name), *auth::Permissions::parse(permissions), std::nullopt, SystemTime{});
}

/// Replaces the file in one step, with mode 0600.
inline void write_credentials(const std::filesystem::path& file, const std::vector<auth::NewToken>& tokens) {
    auth::Credentials credentials;
    for (const auto& token : tokens) credentials.tokens.push_back(token.token);
    const std::filesystem::path fresh = file.string() + ".new";
    std::ofstream(fresh) << auth::format_credentials(credentials);
    std::filesystem::permissions(fresh, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::rename(fresh, file);
}

inline load::Headers bearer(const auth::NewToken& token) { return {{"Authorization", "Bearer " + token.text}}; }

}  // namespace confcast::test
