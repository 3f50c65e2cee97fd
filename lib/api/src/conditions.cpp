#include "conditions.hpp"

#include <algorithm>
#include <charconv>

namespace confcast::api {
namespace {

Error bad_header(std::string_view name, std::string_view rule) {
    return Error(Errc::invalid_header).with("name", name).with("rule", rule);
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

store::Revision revision_in(std::string_view tag) {
    store::Revision revision = 0;
    const auto parsed = std::from_chars(tag.data(), tag.data() + tag.size(), revision);
    // the tag is compared as text: "042" is not ours, though it is a number
    const bool ours =
        parsed.ec == std::errc{} && parsed.ptr == tag.data() + tag.size() && revision > 0 && tag.front() != '0';
    return ours ? revision : 0;
}

// A store takes so many compares in a transaction, and nobody means more.
constexpr std::size_t max_tags = 64;

Result<EntityTags> parse_tags(std::string_view name, std::string_view text) {
    constexpr std::string_view rule = "write * or entity tags in double quotes, such as \"42\"";
    EntityTags found;
    skip_blanks(text);
    if (text == "*") {
        found.any = true;
        return found;
    }
    while (!text.empty()) {
        EntityTags::Tag tag;
        if (text.starts_with("W/")) {
            tag.weak = true;
            text.remove_prefix(2);
        }
        const std::size_t close = text.starts_with('"') ? text.find('"', 1) : std::string_view::npos;
        if (close == std::string_view::npos) return bad_header(name, rule);
        tag.revision = revision_in(text.substr(1, close - 1));
        found.tags.push_back(tag);
        text.remove_prefix(close + 1);
        skip_blanks(text);
        if (text.empty()) break;
        if (text.front() != ',') return bad_header(name, rule);
        while (!text.empty() && (text.front() == ',' || text.front() == ' ' || text.front() == '\t'))
            text.remove_prefix(1);
    }
    if (found.tags.empty()) return bad_header(name, rule);
    if (found.tags.size() > max_tags) return bad_header(name, "it has at most 64 entity tags");
    return found;
}

Result<std::optional<EntityTags>> parse_header(const http::Request& request, std::string_view name) {
    std::optional<EntityTags> found;
    if (!request.headers.may_have(name)) return found;
    for (const http::Header& header : request.headers) {
        if (!http::iequals(header.name, name)) continue;
        Result<EntityTags> tags = parse_tags(name, header.value);
        if (!tags) return tags.error();
        if (!found) {
            found = std::move(*tags);
        } else if (found->any || tags->any) {
            return bad_header(name, "* stands alone");
        } else {
            found->tags.insert(found->tags.end(), tags->tags.begin(), tags->tags.end());  // RFC 9110, 5.3
            if (found->tags.size() > max_tags) return bad_header(name, "it has at most 64 entity tags");
        }
    }
    return found;
}

}  // namespace

bool EntityTags::matches(store::Revision mod_revision, bool strong) const {
    if (mod_revision == 0) return false;
    if (any) return true;
    return std::ranges::any_of(tags,
                               [&](const Tag& tag) { return tag.revision == mod_revision && !(strong && tag.weak); });
}

bool Conditions::allow_write(store::Revision mod_revision) const {
    if (if_match && !if_match->matches(mod_revision, true)) return false;
    return !(if_none_match && if_none_match->matches(mod_revision, false));
}

std::vector<store::Compare> Conditions::compares(const std::string& store_key, store::Revision seen) const {
    using Relation = store::Compare::Relation;
    std::vector<store::Compare> out;
    if (if_match) {
        if (if_match->any) {
            out.push_back({store_key, Relation::not_equal, 0});
        } else if (!needs_reading()) {
            const EntityTags::Tag& tag = if_match->tags.front();
            // -1: a tag that no setting can have
            out.push_back({store_key, Relation::equal, tag.weak || tag.revision == 0 ? -1 : tag.revision});
        } else {
            out.push_back({store_key, Relation::equal, if_match->matches(seen, true) ? seen : -1});
        }
    }
    if (if_none_match) {
        if (if_none_match->any) out.push_back({store_key, Relation::equal, 0});
        for (const EntityTags::Tag& tag : if_none_match->tags)
            if (tag.revision != 0) out.push_back({store_key, Relation::not_equal, tag.revision});
    }
    return out;
}

Result<Conditions> read_conditions(const http::Request& request) {
    Conditions conditions;
    Result<std::optional<EntityTags>> match = parse_header(request, "If-Match");
    if (!match) return match.error();
    Result<std::optional<EntityTags>> none_match = parse_header(request, "If-None-Match");
    if (!none_match) return none_match.error();
    conditions.if_match = std::move(*match);
    conditions.if_none_match = std::move(*none_match);
    return conditions;
}

std::string entity_tag(store::Revision mod_revision) { return '"' + std::to_string(mod_revision) + '"'; }

}  // namespace confcast::api
