#include "confcast/auth/token_book.hpp"

#include <utility>

#include "confcast/auth/refusal.hpp"
#include "digest.hpp"

namespace confcast::auth {
namespace {

// What a text is compared with when nobody has its id: no text is known to have this hash.
constexpr std::string_view no_hash = "0000000000000000000000000000000000000000000000000000000000000000";

PrincipalPtr make_principal(const Token& token, std::int64_t revision) {
    auto out = std::make_shared<Principal>();
    out->kind = Principal::Kind::token;
    out->id = "token:" + token.id;
    out->name = token.name;
    out->permissions = token.permissions;
    out->expires = token.expires;
    out->changed = revision;
    out->proof = token.hash;
    return out;
}

TokenBook::Entry make_entry(Token token, TokenBook::Source source, std::int64_t revision) {
    auto principal = make_principal(token, revision);
    return {std::move(token), source, revision, std::move(principal)};
}

}  // namespace

void TokenBook::replace_file(std::vector<Token> tokens) {
    Entries next;
    for (Token& token : tokens) {
        const auto before = file_.find(token.id);
        const bool same = before != file_.end() && before->second.token == token;
        std::string id = token.id;
        next.try_emplace(std::move(id), same ? before->second : make_entry(std::move(token), Source::file, 0));
    }
    file_ = std::move(next);
}

void TokenBook::put(Token token, std::int64_t revision) {
    const auto before = stored_.find(token.id);
    if (before != stored_.end() && before->second.revision == revision && before->second.token == token) return;
    std::string id = token.id;
    stored_.insert_or_assign(std::move(id), make_entry(std::move(token), Source::store, revision));
}

bool TokenBook::erase(std::string_view id) {
    const auto found = stored_.find(id);
    if (found == stored_.end()) return false;
    stored_.erase(found);
    return true;
}

const TokenBook::Entry* TokenBook::by_id(std::string_view id) const {
    if (const auto found = file_.find(id); found != file_.end()) return &found->second;
    if (const auto found = stored_.find(id); found != stored_.end()) return &found->second;
    return nullptr;
}

Result<PrincipalPtr> TokenBook::find(std::string_view text, SystemTime now) const {
    const auto id = id_of_token_text(text);
    if (!id) return refuse(Refusal::malformed);
    const Entry* entry = by_id(*id);
    const bool same = same_secret(hash_token_text(text), entry != nullptr ? entry->token.hash : no_hash);
    if (entry == nullptr || !same) return refuse(Refusal::invalid);
    if (entry->token.expires && now >= *entry->token.expires) return refuse(Refusal::expired);
    return entry->principal;
}

std::vector<const TokenBook::Entry*> TokenBook::list() const {
    std::vector<const Entry*> out;
    auto stored = stored_.begin();
    for (const auto& [id, entry] : file_) {
        for (; stored != stored_.end() && stored->first < id; ++stored) out.push_back(&stored->second);
        if (stored != stored_.end() && stored->first == id) ++stored;
        out.push_back(&entry);
    }
    for (; stored != stored_.end(); ++stored) out.push_back(&stored->second);
    return out;
}

}  // namespace confcast::auth
