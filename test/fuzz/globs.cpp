// Globs: the matcher, and the lists that permissions and streams are made of, against the rules written down without a
// thought for time.
#include <algorithm>
#include <string>
#include <vector>

#include "confcast/auth/permissions.hpp"
#include "confcast/glob/glob.hpp"
#include "confcast/glob/glob_list.hpp"
#include "confcast/store/layout.hpp"
#include "naive_glob.hpp"
#include "target.hpp"

namespace confcast::fuzz {
namespace {

constexpr std::size_t naive_bytes = 24;  // what the model can do in time
constexpr std::size_t most_globs = 6;

bool for_the_model(std::string_view glob) { return glob.size() <= naive_bytes && std::ranges::count(glob, '*') <= 6; }

void check_coverage(const glob::GlobList& list, const std::string& wanted, std::string_view key) {
    if (push::test::naive_glob(wanted, key) && list.covers(wanted))
        demand(list.matches(key), "a list matches what it covers");
    if (list.covers_prefix(key.substr(0, key.size() / 2)))
        demand(list.matches(key), "a list matches below a prefix that it covers");
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(globs) {
    Input input(bytes);
    const std::string key(input.line());
    const std::string wanted(input.line());
    std::vector<std::string> globs;
    while (!input.at_end() && globs.size() < most_globs) {
        std::string glob(input.line());
        if (glob::check_glob(glob) && for_the_model(glob)) globs.push_back(std::move(glob));
    }
    const std::vector<std::string> rules{"read:" + wanted, "read,write:" + key};
    if (const auto permissions = auth::Permissions::parse(rules)) {
        const auto texts = permissions->texts();
        const auto again = auth::Permissions::parse(texts);
        demand(again && *again == *permissions, "permissions are their texts");
    }
    if (!store::check_key(key) || key.size() > naive_bytes) return;
    bool any = false;
    for (const std::string& glob : globs) {
        const bool matches = push::test::naive_glob(glob, key);
        demand(glob::glob_matches(glob, key) == matches, "a glob matches what the rules say");
        if (matches) demand(key.starts_with(glob::glob_head(glob)), "a key begins as its glob");
        any = any || matches;
    }
    const glob::GlobList list(globs);
    demand(list.matches(key) == any, "a list matches what one of its globs does");
    if (glob::check_glob(wanted) && for_the_model(wanted)) check_coverage(list, wanted, key);
}
