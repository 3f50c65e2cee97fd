// What templates become.
#include <gmock/gmock.h>

#include "render/template.hpp"

namespace confcast::cli::templates {
namespace {

const Values settings{{"app/port", "8080"},         {"app/name", "shop"},
                      {"app/motd", "say \"hi\"\n"}, {"app/empty", ""},
                      {"peers/b", "10.0.0.2"},      {"peers/a", "10.0.0.1"},
                      {"peers/c/d", "10.0.0.3"},    {"peersX", "no"},
                      {"bytes", "\xFF\x01"},        {"on", "yes"}};

std::string made_of(std::string_view text, const Values& values = settings) {
    const auto nodes = parse(text);
    if (!nodes) return to_text(nodes.error(), "parse");
    const auto out = render(*nodes, values);
    return out ? *out : to_text(out.error(), "render");
}

struct Case {
    std::string_view text;
    std::string_view expected;
};

TEST(Template, TextStaysAsItIs) {
    for (const std::string_view text :
         {"", "a", "\n", "a\n", "{", "}", "}}", "{ {", "a { b } c", "$x %d \\n \"q\"", "\r\n\t ", "\xFF\x80", "ünï"})
        EXPECT_EQ(made_of(text), text);
}

TEST(Template, GivesValues) {
    for (const Case& it : std::vector<Case>{
             {R"({{ get "app/port" }})", "8080"},
             {R"({{get "app/port"}})", "8080"},
             {"{{\n  get\n\t\"app/port\"\n}}", "8080"},
             {R"(a{{ get "app/port" }}b)", "a8080b"},
             {R"({{ get "app/port" }}{{ get "app/name" }})", "8080shop"},
             {R"({{ get "app/empty" }})", ""},
             {R"({{ get "app/empty" "x" }})", ""},
             {R"({{ get "app/port" "x" }})", "8080"},
             {R"({{ get "gone" "x" }})", "x"},
             {R"({{ get "gone" "" }})", ""},
             {R"({{ get "gone" "a\"b\\c\nd\te" }})", "a\"b\\c\nd\te"},
             {R"({{ get "bytes" }})", "\xFF\x01"},
             {R"({{ json "app/port" }})", R"("8080")"},
             {R"({{ json "app/motd" }})", R"("say \"hi\"\n")"},
             {R"({{ json "app/empty" }})", R"("")"},
         })
        EXPECT_EQ(made_of(it.text), it.expected) << it.text;
}

TEST(Template, AValueIsNotReadAsATemplate) {
    EXPECT_EQ(made_of(R"({{ get "k" }})", {{"k", R"({{ get "secret" }})"}, {"secret", "s"}}), R"({{ get "secret" }})");
    EXPECT_EQ(made_of(R"({{ range "k" }}{{ .value }}{{ end }})", {{"k", "{{ end }}"}}), "{{ end }}");
}

TEST(Template, BracesAndCommentsAndLiterals) {
    for (const Case& it : std::vector<Case>{
             {R"({{ "{{" }} x {{ "}}" }})", "{{ x }}"},
             {R"({{ "" }})", ""},
             {R"({{ "a\tb" }})", "a\tb"},
             {R"({{ get "gone" "}}" }})", "}}"},
             {"a{{/* no */}}b", "ab"},
             {"a{{ /* no */ }}b", "ab"},
             {"a{{/* {{ get \"gone\" }} */}}b", "ab"},
             {"a{{/*\n\n*/}}b", "ab"},
             {"a {{- /* no */ -}} b", "ab"},
         })
        EXPECT_EQ(made_of(it.text), it.expected) << it.text;
}

TEST(Template, DashesTakeWhiteSpaceAway) {
    for (const Case& it : std::vector<Case>{
             {"a \n\t {{- \"x\" }} b", "ax b"},
             {"a {{ \"x\" -}} \r\n b", "a xb"},
             {"a {{- \"x\" -}} b", "axb"},
             {"a {{- \"x\" -}} ", "ax"},
             {" {{- \"x\" }}", "x"},
             {"a {{ \"x\" -}} {{- \"y\" }} b", "a xy b"},
             {"a {{ \"x\" -}}\n{{ \"y\" }}", "a xy"},
             {"a {{/**/}}{{- \"x\" }}", "a x"},
             {"a\n{{- range \"peers/\" }}\n{{ .name }}\n{{- end }}\nb", "a\na\nb\nc/d\nb"},
             {"{{ if exists \"on\" -}}\n  x\n{{- end }}", "x"},
             {"{{get \"app/port\"-}} ", "8080"},
             {"a{{- \"  \" -}}b", "a  b"},
         })
        EXPECT_EQ(made_of(it.text), it.expected) << it.text;
}

TEST(Template, Conditions) {
    for (const Case& it : std::vector<Case>{
             {R"({{ if exists "on" }}y{{ end }})", "y"},
             {R"({{ if exists "gone" }}y{{ end }})", ""},
             {R"({{ if exists "app/empty" }}y{{ end }})", "y"},
             {R"({{ if exists "app" }}y{{ else }}n{{ end }})", "n"},
             {R"({{ if exists "on" }}y{{ else }}n{{ end }})", "y"},
             {R"({{ if not exists "on" }}y{{ else }}n{{ end }})", "n"},
             {R"({{ if not exists "gone" }}y{{ else }}n{{ end }})", "y"},
             {R"({{ if equal "on" "yes" }}y{{ else }}n{{ end }})", "y"},
             {R"({{ if equal "on" "no" }}y{{ else }}n{{ end }})", "n"},
             {R"({{ if equal "gone" "" }}y{{ else }}n{{ end }})", "n"},
             {R"({{ if equal "app/empty" "" }}y{{ else }}n{{ end }})", "y"},
             {R"({{ if not equal "on" "no" }}y{{ end }})", "y"},
             {R"({{ if exists "gone" }}1{{ else if exists "on" }}2{{ else }}3{{ end }})", "2"},
             {R"({{ if exists "gone" }}1{{ else if not exists "on" }}2{{ else }}3{{ end }})", "3"},
             {R"({{ if exists "on" }}1{{ else if exists "on" }}2{{ end }})", "1"},
             {R"({{ if exists "gone" }}{{ get "gone" }}{{ end }})", ""},
             {R"({{ if exists "on" }}{{ if exists "gone" }}1{{ else }}2{{ end }}{{ else }}3{{ end }})", "2"},
         })
        EXPECT_EQ(made_of(it.text), it.expected) << it.text;
}

TEST(Template, Ranges) {
    for (const Case& it : std::vector<Case>{
             {R"({{ range "peers/" }}{{ .name }}={{ .value }};{{ end }})", "a=10.0.0.1;b=10.0.0.2;c/d=10.0.0.3;"},
             {R"({{ range "peers/" }}{{ .key }} {{ end }})", "peers/a peers/b peers/c/d "},
             {R"({{ range "peers" }}{{ .name }} {{ end }})", "/a /b /c/d X "},
             {R"({{ range "peers/c/d" }}[{{ .name }}]{{ end }})", "[]"},
             {R"({{ range "gone/" }}x{{ end }})", ""},
             {R"({{ range "gone/" }}x{{ else }}none{{ end }})", "none"},
             {R"({{ range "peers/" }}x{{ else }}none{{ end }})", "xxx"},
             {R"({{ range "app/m" }}{{ json .value }} {{ json .key }} {{ json .name }}{{ end }})",
              R"("say \"hi\"\n" "app/motd" "otd")"},
             {R"({{ range "peers/" }}{{ if equal "on" "yes" }}{{ .name }}{{ end }}{{ end }})", "abc/d"},
             {R"({{ range "on" }}{{ range "app/p" }}{{ .value }}{{ end }}{{ .value }}{{ end }})", "8080yes"},
             {R"({{ range "on" }}{{ range "gone/" }}x{{ else }}{{ .key }}{{ end }}{{ end }})", "on"},
             {R"({{ range "peers/" }}{{ get "app/port" }},{{ end }})", "8080,8080,8080,"},
         })
        EXPECT_EQ(made_of(it.text), it.expected) << it.text;
    EXPECT_EQ(made_of(R"({{ range "" }}{{ .key }} {{ end }})", {{"b", ""}, {"a", ""}, {"a/x", ""}}), "a a/x b ");
}

TEST(Template, SaysAllThatItMayLookAt) {
    const auto nodes =
        parse(R"({{ get "a" }}{{ get "b" "x" }}{{ json "c" }}{{ if exists "d" }}{{ get "e" }})"
              R"({{ else if equal "f" "1" }}{{ get "g" }}{{ else }}{{ get "h" }}{{ end }})"
              R"({{ range "p/" }}{{ get "i" }}{{ range "q/" }}{{ end }}{{ else }}{{ get "j" }}{{ end }})");
    ASSERT_TRUE(nodes);
    Uses uses;
    add_uses(*nodes, uses);
    EXPECT_THAT(uses.keys, testing::ElementsAre("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"));
    EXPECT_THAT(uses.prefixes, testing::ElementsAre("p/", "q/"));
}

}  // namespace
}  // namespace confcast::cli::templates
