#include "yaml_tree.hpp"

#include <gtest/gtest.h>

#include <random>

namespace confcast::cli {
namespace {

Exit refusal(const std::string& text) {
    try {
        read_yaml_tree(text);
    } catch (const Stop& stop) {
        return stop.code;
    }
    return Exit::ok;
}

TEST(YamlTree, HasALevelForEachSegment) {
    EXPECT_EQ(write_yaml_tree({{"app/eu/db", "x"}, {"app/port", "8080"}, {"b", "a: b"}, {"c d", "\xff"}}),
              "---\n"
              "app:\n"
              "  eu:\n"
              "    db: x\n"
              "  port: \"8080\"\n"
              "b: \"a: b\"\n"
              "\"c d\": !!binary \"/w==\"\n");
    EXPECT_EQ(write_yaml_tree({}), "---\n{}\n");
}

TEST(YamlTree, AKeyThatOthersBeginWithStaysAValue) {
    const Tree tree{{"a", "1"}, {"a-b", "2"}, {"a/b", "3"}, {"a/c/d", "4"}, {"a/c/d/e", "5"}};
    EXPECT_EQ(read_yaml_tree(write_yaml_tree(tree)), tree) << write_yaml_tree(tree);
}

TEST(YamlTree, CharactersThatYamlDoesNotKeepAreBytes) {
    for (const std::string& value : {std::string("\x7f"), std::string("a\xC2\x85"), std::string("\xE2\x80\xA8"),
                                     std::string("\xEF\xBB\xBFx"), std::string("\xEF\xBF\xBF"), std::string("\0", 1),
                                     std::string("\x01\t\r\n"), std::string("ä中\xF0\x9F\x98\x80")}) {
        const Tree tree{{"a", value}};
        EXPECT_EQ(read_yaml_tree(write_yaml_tree(tree)), tree) << write_yaml_tree(tree);
    }
}

TEST(YamlTree, TakesWhatPeopleWrite) {
    EXPECT_EQ(
        read_yaml_tree("app:\n  port: 8080 # why\n  on: yes\n  text: |\n    one\n    two\n  'a/b': ~\nx: {y: 'z'}\n"),
        (Tree{{"app/port", "8080"}, {"app/on", "yes"}, {"app/text", "one\ntwo\n"}, {"app/a/b", "~"}, {"x/y", "z"}}))
        << "a scalar is its text";
    EXPECT_EQ(read_yaml_tree("a: &x 1\nb: *x\n"), (Tree{{"a", "1"}, {"b", "1"}}));
}

TEST(YamlTree, RefusesWhatIsNone) {
    for (const auto* bad : {"", "- a\n", "just text", "a: [1]\n", "a: 1\na: 2\n", "a: 1\n---\nb: 1\n", "a: {b: 1\n",
                            "? [x]\n: 1\n", "a: !!binary \"#\"\n", "a: &x {b: *x}\n", "\t"})
        EXPECT_EQ(refusal(bad), Exit::invalid) << bad;
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "{a: ";
    EXPECT_EQ(refusal(deep + "1" + std::string(100, '}')), Exit::invalid);
    // A few lines that would be a billion settings.
    std::string laughs = "a: &a {x: 1, y: 1}\n";
    for (char c = 'b'; c < 'z'; ++c)
        laughs += std::string(1, c) + ": &" + c + " {x: *" + char(c - 1) + ", y: *" + char(c - 1) + "}\n";
    EXPECT_EQ(refusal(laughs), Exit::invalid);
}

TEST(YamlTree, ThereAndBack) {
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round) {
        Tree tree;
        for (unsigned i = 0; i < random() % 12; ++i) {
            std::string key;
            for (unsigned k = 0; k <= random() % 4; ++k)
                key += (k > 0 ? "/" : "") + std::string(1 + random() % 2, "ab-: 1#"[random() % 7]);
            std::string value;
            for (unsigned k = 0; k < random() % 6; ++k)
                value += random() % 3 == 0 ? static_cast<char>(random()) : "a\n: #'\"0"[random() % 8];
            tree[key] = value;
        }
        EXPECT_EQ(read_yaml_tree(write_yaml_tree(tree)), tree) << write_yaml_tree(tree);
    }
}

}  // namespace
}  // namespace confcast::cli
