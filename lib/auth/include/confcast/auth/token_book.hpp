// The tokens that are good now, by id, from two sources: the operator's file (replaced as a whole) and the store (one
// by one). An id that both have is the file's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/auth/principal.hpp"
#include "confcast/auth/token.hpp"

namespace confcast::auth {

class TokenBook {
  public:
    enum class Source : std::uint8_t { file, store };
    struct Entry {
        Token token;
        Source source = Source::file;
        std::int64_t revision = 0;  // 0 in the file
        PrincipalPtr principal;     // the same object as long as all of the above is
    };

    /// What was in the file and is not among these is gone. Of two of one id the first counts.
    void replace_file(std::vector<Token> tokens);
    void put(Token token, std::int64_t revision);
    /// From the store's part; whether it was there.
    bool erase(std::string_view id);
    void clear_stored() { stored_.clear(); }

    /// Whose text it is. Compares in constant time, and does the same work for an id that is not there. Expiry is
    /// looked at last. Errors: unauthenticated, malformed / invalid / expired.
    Result<PrincipalPtr> find(std::string_view text, SystemTime now) const;
    /// nullptr when there is none. As long as nothing is changed here.
    const Entry* by_id(std::string_view id) const;
    /// Ascending by id, each once.
    std::vector<const Entry*> list() const;
    std::size_t size() const { return list().size(); }
    std::size_t stored() const { return stored_.size(); }

  private:
    using Entries = std::map<std::string, Entry, std::less<>>;
    Entries file_;
    Entries stored_;
};

}  // namespace confcast::auth
