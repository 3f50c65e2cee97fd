#include "raw_json.hpp"

namespace confcast::api {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The tokens of good JSON, one after the other.
class Tokens {
  public:
    explicit Tokens(std::string_view text) : rest_(text) {}

    /// "" at the end.
    std::string_view next() {
        while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
        const std::string_view token = rest_.substr(0, length());
        rest_.remove_prefix(token.size());
        return token;
    }

  private:
    std::size_t length() const {
        constexpr std::string_view marks = "{}[]:,";
        if (rest_.empty()) return 0;
        std::size_t n = 1;
        if (rest_.front() == '"') {
            for (; rest_[n] != '"'; ++n)
                if (rest_[n] == '\\') ++n;
            return n + 1;
        }
        if (marks.find(rest_.front()) != std::string_view::npos) return 1;
        while (n < rest_.size() && !is_space(rest_[n]) && marks.find(rest_[n]) == std::string_view::npos) ++n;
        return n;
    }

    std::string_view rest_;
};

bool opens(std::string_view token) { return token == "{" || token == "["; }
bool closes(std::string_view token) { return token == "}" || token == "]"; }

}  // namespace

std::optional<std::string> raw_member(std::string_view object, std::string_view name) {
    Tokens tokens(object);
    tokens.next();  // {
    for (std::string_view token = tokens.next(); token.size() > 1; token = tokens.next()) {
        const bool found = token.substr(1, token.size() - 2) == name;
        tokens.next();  // :
        std::string value;
        int depth = 0;
        for (token = tokens.next(); depth > 0 || (token != "," && token != "}"); token = tokens.next()) {
            if (opens(token)) ++depth;
            if (closes(token)) --depth;
            if (found) value += token;
        }
        if (found) return value;
    }
    return std::nullopt;
}

}  // namespace confcast::api
