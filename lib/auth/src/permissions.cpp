#include "confcast/auth/permissions.hpp"

#include <algorithm>
#include <utility>

#include "confcast/base/utf8.hpp"
#include "confcast/glob/glob.hpp"

namespace confcast::auth {
namespace {

constexpr std::string_view admin_rule = "admin";
constexpr std::string_view read_rule = "read:";
constexpr std::string_view write_rule = "write:";
constexpr std::string_view both_rule = "read,write:";

Error bad(std::string_view reason) {
    return Error(Errc::invalid_parameter).with("parameter", "permissions").with("reason", reason);
}

Error bad_rule(std::string_view text, std::string_view reason) {
    return bad(reason).with("permission", escape_invalid_utf8(text.substr(0, 64)));
}

struct Rule {
    bool reads = false;
    bool writes = false;
    std::string_view glob;
};

Rule split(std::string_view text) {
    if (text.starts_with(read_rule)) return {true, false, text.substr(read_rule.size())};
    if (text.starts_with(write_rule)) return {false, true, text.substr(write_rule.size())};
    if (text.starts_with(both_rule)) return {true, true, text.substr(both_rule.size())};
    return {};
}

}  // namespace

Result<Permissions> Permissions::parse(std::span<const std::string> texts) {
    if (texts.size() > max_permission_rules) return bad("there are at most 256 permissions");
    Permissions out;
    std::vector<std::string> read;
    std::vector<std::string> write;
    for (const std::string_view text : texts) {
        if (text.size() > max_permission_bytes) return bad_rule(text, "a permission has at most 600 bytes");
        if (text == admin_rule) {
            out.admin_ = true;
            continue;
        }
        const Rule rule = split(text);
        if (!rule.reads && !rule.writes)
            return bad_rule(text, "a permission is admin, read:GLOB, write:GLOB or read,write:GLOB");
        if (const auto good = glob::check_glob(rule.glob); !good) return bad_rule(text, good.error().detail("rule"));
        if (rule.reads) read.emplace_back(rule.glob);
        if (rule.writes) write.emplace_back(rule.glob);
    }
    out.read_ = glob::GlobList(std::move(read));
    out.write_ = glob::GlobList(std::move(write));
    return out;
}

Permissions Permissions::all() {
    Permissions out;
    out.read_ = out.write_ = glob::GlobList({std::string(glob::any_segments)});
    out.admin_ = true;
    return out;
}

// One line a glob, so that no canonical form has more rules than were read.
std::vector<std::string> Permissions::texts() const {
    std::vector<std::string> out;
    const auto add = [&](std::string_view rule, const std::string& glob) { out.push_back(std::string(rule) + glob); };
    const auto& readable = read_.globs();
    const auto& writable = write_.globs();
    if (admin_) out.emplace_back(admin_rule);
    for (const std::string& glob : readable)
        add(std::binary_search(writable.begin(), writable.end(), glob) ? both_rule : read_rule, glob);
    for (const std::string& glob : writable)
        if (!std::binary_search(readable.begin(), readable.end(), glob)) add(write_rule, glob);
    return out;
}

bool Permissions::within(const Permissions& other) const {
    return (!admin_ || other.admin_) && other.read_.covers_all(read_) && other.write_.covers_all(write_);
}

}  // namespace confcast::auth
