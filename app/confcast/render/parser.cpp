// From pieces to a tree.
#include <algorithm>
#include <stdexcept>

#include "confcast/base/suggest.hpp"
#include "confcast/client/filters.hpp"
#include "token.hpp"

namespace confcast::cli::templates {
namespace {

/// Ends the parse; caught in parse().
struct Stopped {
    Problem problem;
};

[[noreturn]] void fail(const Place& place, std::string message, Mistake mistake = Mistake::syntax) {
    throw Stopped{{mistake, place, std::move(message)}};
}

class Parser {
  public:
    Parser(std::vector<Piece> pieces, const Limits& limits) : pieces_(std::move(pieces)), limits_(limits) {}

    Nodes run() {
        Nodes nodes = block(nullptr);
        return nodes;
    }

  private:
    bool is(std::string_view name) const {
        return at_ < pieces_.size() && !pieces_[at_].words.empty() &&
               pieces_[at_].words.front().kind == Word::Kind::name && pieces_[at_].words.front().text == name;
    }

    /// Up to the "else" or "end" that belongs to `opener`, or to the end of the template.
    Nodes block(const Piece* opener) {
        if (depth_ > limits_.depth)
            fail(opener->place, "more than " + std::to_string(limits_.depth) + " blocks in each other",
                 Mistake::too_much);
        Nodes nodes;
        while (at_ < pieces_.size()) {
            if (is("end") || is("else")) {
                if (opener == nullptr)
                    fail(pieces_[at_].place, pieces_[at_].words.front().text + " without if or range");
                return nodes;
            }
            nodes.push_back(node());
        }
        if (opener != nullptr) fail(opener->place, opener->words.front().text + " without its end");
        return nodes;
    }

    Node node() {
        const Piece& piece = pieces_[at_++];
        const auto& words = piece.words;
        if (words.empty()) return {piece.place, Literal{piece.text}};
        const Word& first = words.front();
        if (first.kind == Word::Kind::string) {
            expect_words(words, 1, 1, "\"text\"");
            return {piece.place, Literal{first.text}};
        }
        if (first.kind == Word::Kind::field) {
            expect_words(words, 1, 1, ".value");
            return {piece.place, Field{field(first), false}};
        }
        if (first.text == "get") return {piece.place, get(words)};
        if (first.text == "json") return {piece.place, json(words)};
        if (first.text == "if") return {piece.place, if_block(piece)};
        if (first.text == "range") return {piece.place, range(piece)};
        if (first.text == "exists" || first.text == "equal" || first.text == "not")
            fail(first.place, first.text + " belongs behind if");
        const std::vector<std::string> known{"get", "json", "if", "else", "range", "end"};
        const std::string meant = closest(first.text, known);
        fail(first.place, '"' + first.text + "\" is no word of templates" +
                              (meant.empty() ? "" : "; did you mean \"" + meant + "\"?"));
    }

    static void expect_words(const std::vector<Word>& words, std::size_t least, std::size_t most,
                             std::string_view example) {
        if (words.size() < least)
            fail(words.back().place, "something is missing: write {{ " + std::string(example) + " }}");
        if (words.size() > most) fail(words[most].place, "too much: write {{ " + std::string(example) + " }}");
    }
    static const std::string& string(const Word& word) {
        if (word.kind != Word::Kind::string) fail(word.place, "a string in double quotes is expected here");
        return word.text;
    }
    static const std::string& key(const Word& word) {
        const std::string& text = string(word);
        if (const auto valid = client::check_filters({{text}, {}, {}}); !valid)
            fail(word.place, "\"" + text + "\" is no key: " + valid.error().message);
        return text;
    }
    Field::Name field(const Word& word) const {
        if (ranges_ == 0) fail(word.place, '.' + word.text + " belongs into a range");
        if (word.text == "key") return Field::Name::key;
        if (word.text == "name") return Field::Name::name;
        if (word.text == "value") return Field::Name::value;
        fail(word.place, "there are .key, .name and .value");
    }

    static Get get(const std::vector<Word>& words) {
        expect_words(words, 2, 3, R"(get "key" "default")");
        Get out{key(words[1]), std::nullopt};
        if (words.size() == 3) out.otherwise = string(words[2]);
        return out;
    }
    std::variant<Literal, Get, Json, Field, If, Range> json(const std::vector<Word>& words) const {
        expect_words(words, 2, 2, R"(json "key")");
        if (words[1].kind == Word::Kind::field) return Field{field(words[1]), true};
        return Json{key(words[1])};
    }

    /// From `words[from]` on.
    static Condition condition(const std::vector<Word>& words, std::size_t from) {
        Condition out;
        const auto is_name = [&](std::string_view name) {
            return from < words.size() && words[from].kind == Word::Kind::name && words[from].text == name;
        };
        if (is_name("not")) {
            out.negated = true;
            ++from;
        }
        if (is_name("exists")) {
            expect_words(words, from + 2, from + 2, R"(if exists "key")");
            out.key = key(words[from + 1]);
        } else if (is_name("equal")) {
            expect_words(words, from + 3, from + 3, R"(if equal "key" "value")");
            out.key = key(words[from + 1]);
            out.value = string(words[from + 2]);
        } else {
            fail(words[std::min(from, words.size() - 1)].place, "write exists \"key\" or equal \"key\" \"value\"");
        }
        return out;
    }

    If if_block(const Piece& opener) {
        If out;
        ++depth_;
        out.branches.push_back({condition(opener.words, 1), block(&opener)});
        while (is("else")) {
            const auto& words = pieces_[at_].words;
            if (!out.branches.back().condition) fail(words.front().place, "a second else");
            ++at_;
            if (words.size() == 1) {
                out.branches.push_back({std::nullopt, block(&opener)});
                continue;
            }
            if (words[1].kind != Word::Kind::name || words[1].text != "if")
                fail(words[1].place, "write else or else if");
            Condition next = condition(words, 2);
            out.branches.push_back({std::move(next), block(&opener)});
        }
        take_end();
        return out;
    }

    Range range(const Piece& opener) {
        expect_words(opener.words, 2, 2, R"(range "prefix/")");
        Range out{string(opener.words[1]), {}, {}};
        if (const auto valid = client::check_filters({{}, {out.prefix}, {}}); !valid)
            fail(opener.words[1].place, "no key begins with \"" + out.prefix + "\": " + valid.error().message);
        ++depth_;
        ++ranges_;
        out.body = block(&opener);
        --ranges_;
        if (is("else")) {
            expect_words(pieces_[at_].words, 1, 1, "else");
            ++at_;
            out.otherwise = block(&opener);
            if (is("else")) fail(pieces_[at_].place, "a second else");
        }
        take_end();
        return out;
    }
    void take_end() {
        expect_words(pieces_[at_].words, 1, 1, "end");
        ++at_;
        --depth_;
    }

    std::vector<Piece> pieces_;
    const Limits& limits_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t ranges_ = 0;
};

}  // namespace

std::string to_text(const Problem& problem, std::string_view file) {
    return std::string(file) + ':' + std::to_string(problem.place.line) + ':' + std::to_string(problem.place.column) +
           ": " + problem.message;
}

void throw_exception_from_error(const Problem& problem, const boost::source_location&) {
    throw std::logic_error(to_text(problem, "template"));
}

Result<Nodes> parse(std::string_view text, const Limits& limits) {
    if (text.size() > limits.template_bytes)
        return Problem{
            Mistake::too_much, {}, "a template has at most " + std::to_string(limits.template_bytes) + " bytes"};
    Result<std::vector<Piece>> pieces = split(text);
    if (!pieces) return pieces.error();
    try {
        return Parser(*std::move(pieces), limits).run();
    } catch (const Stopped& stopped) {
        return stopped.problem;
    }
}

}  // namespace confcast::cli::templates
