// The header fields of a request as views, and those of a response as the text that is sent. Both are made for being
// asked for names that are not there, which is what nearly all questions of a request's way are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace confcast::http {

/// Header names compare without case (RFC 9110, 5.1).
bool iequals(std::string_view a, std::string_view b);

struct Header {
    std::string_view name;
    std::string_view value;
};

/// Which names there are, as far as one of 64 bits for each tells: nearly all that are not there are known not to be.
class NameMarks {
  public:
    void add(std::string_view name) { marks_ |= of(name); }
    void add(const NameMarks& others) { marks_ |= others.marks_; }
    void clear() { marks_ = 0; }
    /// False: it was not added. True: it may have been.
    bool may_have(std::string_view name) const { return (marks_ & of(name)) != 0; }

  private:
    /// By length, first and last letter: what they have in common whatever their case.
    static constexpr std::uint64_t of(std::string_view name) {
        if (name.empty()) return 1;
        const auto letter = [](char c) { return static_cast<unsigned>(c) & 0x1FU; };
        const unsigned mixed =
            static_cast<unsigned>(name.size()) * 5U + letter(name.front()) * 3U + letter(name.back());
        return std::uint64_t{1} << (mixed % 64U);
    }

    std::uint64_t marks_ = 0;
};

/// A request's fields, in order. Knows of most names that are not there without looking at those that are.
class Headers {
  public:
    using const_iterator = std::vector<Header>::const_iterator;

    Headers() = default;
    Headers(std::initializer_list<Header> list) { assign(list); }
    Headers(const std::vector<Header>& list) { assign(list); }  // NOLINT(google-explicit-constructor): a list of them

    void push_back(const Header& header) {
        names_.add(header.name);
        list_.push_back(header);
    }
    void clear() {
        list_.clear();
        names_.clear();
    }
    const_iterator begin() const { return list_.begin(); }
    const_iterator end() const { return list_.end(); }
    std::size_t size() const { return list_.size(); }
    bool empty() const { return list_.empty(); }

    /// False: there is none of that name. True: there may be.
    bool may_have(std::string_view name) const { return names_.may_have(name); }
    /// The value of the first of that name.
    std::optional<std::string_view> first(std::string_view name) const {
        if (may_have(name))
            for (const Header& header : list_)
                if (iequals(header.name, name)) return header.value;
        return std::nullopt;
    }
    /// Calls `visit` with the value of each of that name, in order.
    template <class Visit>
    void each(std::string_view name, Visit visit) const {
        if (!may_have(name)) return;
        for (const Header& header : list_)
            if (iequals(header.name, name)) visit(header.value);
    }

  private:
    template <class List>
    void assign(const List& list) {
        list_.reserve(list.size());
        for (const Header& header : list) push_back(header);
    }

    std::vector<Header> list_;
    NameMarks names_;
};

/// Fields of a response: one text, each a line with its CRLF. What is put in loses line breaks: nothing that a caller
/// passes on can begin a header or an answer of its own.
class HeaderLines {
  public:
    using Pair = std::pair<std::string_view, std::string_view>;
    class Iterator {
      public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = Pair;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = Pair;

        Iterator() = default;
        explicit Iterator(std::string_view rest) : rest_(rest) {}
        Pair operator*() const;
        Iterator& operator++();
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.rest_.size() == b.rest_.size(); }

      private:
        std::string_view rest_;
    };

    void emplace_back(std::string_view name, std::string_view value);
    /// Replaces the first of that name, or adds.
    void set(std::string_view name, std::string_view value);
    /// All that another one has.
    void append(const HeaderLines& others) {
        text_ += others.text_;
        names_.add(others.names_);
    }

    /// Views into text().
    Iterator begin() const { return Iterator(text_); }
    static Iterator end() { return {}; }
    std::optional<std::string_view> first(std::string_view name) const;
    std::size_t size() const { return static_cast<std::size_t>(std::distance(begin(), end())); }
    bool empty() const { return text_.empty(); }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
    NameMarks names_;
};

}  // namespace confcast::http
