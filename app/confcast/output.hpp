// What people and scripts read: tables, JSON, YAML, bare values; colours for eyes only.
#pragma once

#include <boost/json/value.hpp>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::cli {

enum class Format : std::uint8_t { automatic, table, json, yaml, value };

class Output {
  public:
    /// `colours`: the stream is a terminal and nobody forbids them (NO_COLOR, https://no-color.org).
    /// `terminal`: somebody reads it, in whatever colours.
    Output(std::ostream& stream, bool colours, bool terminal = false)
        : stream_(stream), colours_(colours), terminal_(terminal) {}

    std::ostream& stream() const { return stream_; }
    bool colours() const { return colours_; }
    bool terminal() const { return terminal_; }
    std::string bold(std::string_view text) const { return painted("1", text); }
    std::string green(std::string_view text) const { return painted("32", text); }
    std::string red(std::string_view text) const { return painted("31", text); }
    std::string yellow(std::string_view text) const { return painted("33", text); }

    /// One document: a line of JSON, or YAML.
    void document(const boost::json::value& value, Format format) const;

  private:
    std::string painted(std::string_view code, std::string_view text) const;

    std::ostream& stream_;
    bool colours_;
    bool terminal_;
};

/// Columns as wide as their widest cell, in characters; control characters are shown as escapes.
class Table {
  public:
    explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    void print(const Output& out) const;

  private:
    std::vector<std::vector<std::string>> rows_;
};

/// YAML 1.2 in block style. Strings that could be taken for something else are quoted.
std::string to_yaml(const boost::json::value& value);
/// A string as YAML: plain where nothing else can be meant, else quoted.
std::string yaml_scalar(std::string_view text);
/// For a cell: on one line, at most so many characters, nothing that moves a terminal's cursor.
std::string one_line(std::string_view text, std::size_t most = 60);

}  // namespace confcast::cli
