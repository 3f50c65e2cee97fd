#include "token.hpp"

#include <algorithm>

namespace confcast::cli::templates {
namespace {

constexpr std::string_view white = " \t\r\n";

bool is_white(char c) { return white.find(c) != std::string_view::npos; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

void trim_end(std::string& text) { text.erase(text.find_last_not_of(white) + 1); }

class Splitter {
  public:
    explicit Splitter(std::string_view text) : text_(text) {}

    Result<std::vector<Piece>> run() {
        while (!problem_ && at_ < text_.size()) {
            if (rest().starts_with("{{"))
                read_action();
            else
                read_text();
        }
        if (problem_) return *std::move(problem_);
        return std::move(pieces_);
    }

  private:
    std::string_view rest() const { return text_.substr(at_); }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void advance(std::size_t count = 1) {
        for (; count > 0 && at_ < text_.size(); --count, ++at_) {
            const auto byte = static_cast<unsigned char>(text_[at_]);
            if (byte == '\n')
                ++place_.line, place_.column = 1;
            else if ((byte & 0xC0U) != 0x80U)
                ++place_.column;
        }
    }
    void skip_white() {
        while (at_ < text_.size() && is_white(text_[at_])) advance();
    }
    void fail(const Place& place, std::string message) {
        if (!problem_) problem_ = Problem{Mistake::syntax, place, std::move(message)};
    }

    void read_text() {
        if (trims_) skip_white();
        trims_ = false;
        const std::size_t length = std::min(rest().find("{{"), rest().size());
        after_text_ = length > 0;
        if (after_text_) pieces_.push_back({place_, std::string(rest().substr(0, length)), {}});
        advance(length);
    }

    void read_action() {
        const Place begin = place_;
        trims_ = false;
        advance(2);
        if (peek() == '-') {
            advance();
            if (after_text_) trim_end(pieces_.back().text);
        }
        after_text_ = false;
        skip_white();
        if (rest().starts_with("/*")) return skip_comment(begin);
        Piece piece{begin, {}, {}};
        while (!problem_ && !at_end(begin)) {
            if (!piece.words.empty() && !is_white(text_[at_ - 1])) return fail(place_, "put a space between words");
            read_word(piece);
            skip_white();
        }
        if (piece.words.empty()) return fail(begin, "an action without words");
        pieces_.push_back(std::move(piece));
    }

    /// Takes "}}" or "-}}".
    bool at_end(const Place& begin) {
        if (at_ >= text_.size()) {
            fail(begin, "\"{{\" without \"}}\"");
            return true;
        }
        trims_ = rest().starts_with("-}}");
        if (!trims_ && !rest().starts_with("}}")) return false;
        advance(trims_ ? 3 : 2);
        return true;
    }

    void skip_comment(const Place& begin) {
        advance(2);
        const std::size_t end = rest().find("*/");
        if (end == std::string_view::npos) return fail(begin, "a comment without \"*/\"");
        advance(end + 2);
        skip_white();
        if (!at_end(begin)) fail(place_, "a comment ends with \"*/}}\"");
    }

    void read_word(Piece& piece) {
        const Place begin = place_;
        if (peek() == '"') return read_string(piece);
        Word word{Word::Kind::name, {}, begin};
        if (peek() == '.') {
            word.kind = Word::Kind::field;
            advance();
        }
        while (is_letter(peek())) {
            word.text += peek();
            advance();
        }
        if (word.text.empty()) return fail(begin, "a word, a string in double quotes or \"}}\" is expected here");
        piece.words.push_back(std::move(word));
    }

    void read_string(Piece& piece) {
        Word word{Word::Kind::string, {}, place_};
        for (advance(); peek() != '"'; advance()) {
            if (at_ >= text_.size() || peek() == '\n') return fail(word.place, "a string without its closing quote");
            if (peek() != '\\') {
                word.text += peek();
                continue;
            }
            const Place escape = place_;
            advance();
            constexpr std::string_view names = "\"\\nt";
            const std::size_t which = at_ < text_.size() ? names.find(peek()) : std::string_view::npos;
            if (which == std::string_view::npos) return fail(escape, R"(the escapes are \" \\ \n \t)");
            word.text += std::string_view("\"\\\n\t")[which];
        }
        advance();
        piece.words.push_back(std::move(word));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Place place_;
    bool trims_ = false;       // the last action ended with a dash
    bool after_text_ = false;  // the last piece is the text in front of this
    std::vector<Piece> pieces_;
    std::optional<Problem> problem_;
};

}  // namespace

Result<std::vector<Piece>> split(std::string_view text) { return Splitter(text).run(); }

}  // namespace confcast::cli::templates
