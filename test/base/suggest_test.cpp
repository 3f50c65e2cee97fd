#include "confcast/base/suggest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace confcast {
namespace {

TEST(Closest, IsTheOneThatIsMeant) {
    const std::vector<std::string> names{"get", "put", "del", "watch", "export", "import", "apply"};
    const std::vector<std::pair<std::string, std::string>> cases{
        {"gte", "get"},       {"gett", "get"},      {"wach", "watch"},
        {"exprot", "export"}, {"improt", "import"}, {"aply", "apply"},
        {"dle", "del"},       {"xyz", ""},          {"", ""},
        {"list", ""},         {"watches", "watch"}};
    for (const auto& [word, meant] : cases) EXPECT_EQ(closest(word, names), meant) << word;
}

}  // namespace
}  // namespace confcast
