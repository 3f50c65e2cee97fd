// What is wrong with a template, and where.
#include <gtest/gtest.h>

#include "render/template.hpp"

namespace confcast::cli::templates {
namespace {

struct Case {
    std::string_view text;
    std::string_view place;    // "LINE:COLUMN"
    std::string_view message;  // a part of it
};

void expect(const Problem& problem, Mistake mistake, const Case& it) {
    EXPECT_EQ(problem.mistake, mistake) << it.text;
    EXPECT_EQ(std::to_string(problem.place.line) + ':' + std::to_string(problem.place.column), it.place) << it.text;
    EXPECT_NE(problem.message.find(it.message), std::string::npos) << it.text << ": " << problem.message;
}

TEST(TemplateProblem, HasALineAndAColumn) {
    for (const Case& it : std::vector<Case>{
             {"{{", "1:1", "without \"}}\""},
             {"a\nbc{{ get \"k\"", "2:3", "without \"}}\""},
             {"ü{{ get \"k\"", "1:2", "without \"}}\""},
             {"{{ }}", "1:1", "without words"},
             {"{{}}", "1:1", "without words"},
             {"{{-}}", "1:1", "without words"},
             {"x {{ gett \"k\" }}", "1:6", "did you mean \"get\""},
             {"{{ system \"ls\" }}", "1:4", "is no word"},
             {"{{ include \"/etc/passwd\" }}", "1:4", "is no word"},
             {"{{ get }}", "1:4", "something is missing"},
             {"{{ get k }}", "1:8", "a string in double quotes"},
             {"{{ get .key }}", "1:8", "a string in double quotes"},
             {"{{ get \"k\" d }}", "1:12", "a string in double quotes"},
             {"{{ get \"k\" \"d\" \"e\" }}", "1:16", "too much"},
             {"{{ get\"k\" }}", "1:7", "a space between words"},
             {"{{ get \"k\"\"d\" }}", "1:11", "a space between words"},
             {"{{ get 'k' }}", "1:8", "is expected here"},
             {"{{ get \"k }}\n", "1:8", "closing quote"},
             {"{{ get \"k", "1:8", "closing quote"},
             {"{{ get \"\\x\" }}", "1:9", "the escapes are"},
             {"{{ get \"a\\", "1:10", "the escapes are"},
             {"{{ get \"\" }}", "1:8", "is no key"},
             {"{{ get \"/a\" }}", "1:8", "is no key"},
             {"{{ get \"a//b\" }}", "1:8", "is no key"},
             {"{{ get \"a/../b\" }}", "1:8", "is no key"},
             {"{{ json \"a/\" }}", "1:9", "is no key"},
             {"{{ json }}", "1:4", "something is missing"},
             {"{{ json \"k\" \"d\" }}", "1:13", "too much"},
             {"{{ range \"/a\" }}{{ end }}", "1:10", "no key begins with"},
             {"{{ range }}{{ end }}", "1:4", "something is missing"},
             {"{{ range \"a\" \"b\" }}{{ end }}", "1:14", "too much"},
             {"{{ range \"a\" }}", "1:1", "range without its end"},
             {"{{ range \"a\" }}{{ else }}", "1:1", "range without its end"},
             {"{{ range \"a\" }}{{ else }}{{ else }}{{ end }}", "1:26", "a second else"},
             {"{{ range \"a\" }}{{ else if exists \"b\" }}{{ end }}", "1:24", "too much"},
             {"{{ if exists \"a\" }}", "1:1", "if without its end"},
             {"\n {{ if exists \"a\" }}{{ if exists \"b\" }}{{ end }}", "2:2", "if without its end"},
             {"{{ if exists \"a\" }}{{ else }}{{ else }}{{ end }}", "1:33", "a second else"},
             {"{{ if exists \"a\" }}{{ else }}{{ else if exists \"b\" }}{{ end }}", "1:33", "a second else"},
             {"{{ if exists \"a\" }}{{ else exists \"b\" }}{{ end }}", "1:28", "else or else if"},
             {"{{ if exists \"a\" }}{{ end \"a\" }}", "1:27", "too much"},
             {"{{ if }}{{ end }}", "1:4", "write exists"},
             {"{{ if not }}{{ end }}", "1:7", "write exists"},
             {"{{ if get \"a\" }}{{ end }}", "1:7", "write exists"},
             {"{{ if exists }}{{ end }}", "1:7", "something is missing"},
             {"{{ if equal \"a\" }}{{ end }}", "1:13", "something is missing"},
             {"{{ if exists \"a\" \"b\" }}{{ end }}", "1:18", "too much"},
             {"{{ exists \"a\" }}", "1:4", "belongs behind if"},
             {"{{ end }}", "1:1", "end without"},
             {"{{ else }}", "1:1", "else without"},
             {"{{ .value }}", "1:4", "belongs into a range"},
             {"{{ range \"a\" }}{{ end }}{{ .key }}", "1:28", "belongs into a range"},
             {"{{ range \"a\" }}{{ else }}{{ .key }}{{ end }}", "1:29", "belongs into a range"},
             {"{{ json .value }}", "1:9", "belongs into a range"},
             {"{{ range \"a\" }}{{ .other }}{{ end }}", "1:19", ".key, .name and .value"},
             {"{{ range \"a\" }}{{ .key .key }}{{ end }}", "1:24", "too much"},
             {"{{ . }}", "1:4", "is expected here"},
             {"{{ \"a\" \"b\" }}", "1:8", "too much"},
             {"a {{/* b", "1:3", "without \"*/\""},
             {"{{/* b */ c }}", "1:11", "a comment ends with"},
             {"{{/* b */", "1:1", "without \"}}\""},
         }) {
        const auto nodes = parse(it.text);
        ASSERT_FALSE(nodes) << it.text;
        expect(nodes.error(), Mistake::syntax, it);
    }
}

TEST(TemplateProblem, EveryCutOfAGoodTemplateIsTakenOrRefused) {
    const std::string good =
        "a {{- /* c */ -}} {{ if not equal \"a/b\" \"x\\n\" }}{{ range \"p/\" }}{{ json .key }}{{ else }}"
        "{{ get \"k\" \"d\" }}{{ end }}{{ else if exists \"z\" }}{{ \"{{\" }}{{ end }}\n";
    ASSERT_TRUE(parse(good));
    for (std::size_t size = 0; size < good.size(); ++size)
        for (const char* more : {"", "}}", "\"", " \"k\" }}", "*/}}", "{{ end }}"}) {
            const auto nodes = parse(good.substr(0, size) + more);
            if (nodes) (void)render(*nodes, {});
        }
}

TEST(TemplateProblem, AMissingKeyIsNamedWithItsPlace) {
    for (const Case& it : std::vector<Case>{{"a\n  {{ get \"app/port\" }}", "2:3", "there is no \"app/port\""},
                                            {"{{ json \"app/port\" }}", "1:1", "there is no \"app/port\""}}) {
        const auto text = render(*parse(it.text), {{"app/ports", ""}});
        ASSERT_FALSE(text);
        expect(text.error(), Mistake::missing_key, it);
        EXPECT_EQ(text.error().key, "app/port");
    }
}

TEST(TemplateProblem, BytesAreNoJsonString) {
    const auto text = render(*parse("{{ json \"k\" }}"), {{"k", "\xFF"}});
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().mistake, Mistake::not_text);
    const auto field = render(*parse("{{ range \"k\" }}{{ json .value }}{{ end }}"), {{"k", "\xFF"}});
    ASSERT_FALSE(field);
    EXPECT_EQ(field.error().key, "k");
}

TEST(TemplateProblem, DepthIsBounded) {
    const auto nested = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += "{{ if exists \"a\" }}";
        for (int i = 0; i < depth; ++i) text += "{{ end }}";
        return text;
    };
    EXPECT_TRUE(parse(nested(32)));
    const auto refused = parse(nested(33));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().mistake, Mistake::too_much);
    EXPECT_FALSE(parse(nested(20'000)));
    std::string chain = "{{ if exists \"a\" }}";
    for (int i = 0; i < 10'000; ++i) chain += "{{ else if exists \"a\" }}";
    EXPECT_TRUE(parse(chain + "{{ end }}")) << "a chain is not deep";
}

TEST(TemplateProblem, SizeAndStepsAreBounded) {
    Limits limits;
    limits.template_bytes = 10;
    EXPECT_TRUE(parse("1234567890", limits));
    EXPECT_FALSE(parse("12345678901", limits));

    limits.text_bytes = 100;
    const auto twice = parse("{{ get \"k\" }}{{ get \"k\" }}");
    EXPECT_TRUE(render(*twice, {{"k", std::string(50, 'x')}}, limits));
    const auto too_long = render(*twice, {{"k", std::string(51, 'x')}}, limits);
    ASSERT_FALSE(too_long);
    EXPECT_EQ(too_long.error().mistake, Mistake::too_much);
    EXPECT_EQ(too_long.error().place.column, 14U);

    Values many;
    for (int i = 0; i < 100; ++i) many.emplace("k/" + std::to_string(i), "");
    std::string deep;
    for (int i = 0; i < 8; ++i) deep += "{{ range \"k/\" }}";
    for (int i = 0; i < 8; ++i) deep += "{{ end }}";
    limits.steps = 100'000;
    const auto endless = render(*parse(deep), many, limits);
    ASSERT_FALSE(endless) << "100^8 rounds";
    EXPECT_EQ(endless.error().mistake, Mistake::too_much);
}

}  // namespace
}  // namespace confcast::cli::templates
