#include "yaml_tree.hpp"

#include <yaml.h>

#include "base64.hpp"
#include "confcast/base/utf8.hpp"

namespace confcast::cli {
namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t most_nodes = 100'000;
constexpr std::string_view binary_tag = "tag:yaml.org,2002:binary";

// ---- writing

/// What YAML takes in quotes as it is, beside what JSON escapes: not DEL and the C1 controls, not its own line ends
/// (U+0085, U+2028, U+2029), not U+FEFF, U+FFFE and U+FFFF (YAML 1.1, 5.1 and 5.4).
bool is_yaml_text(const std::string& value) {
    if (!is_valid_utf8(value) || value.find('\x7F') != std::string::npos) return false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string_view at = std::string_view(value).substr(i, 3);
        if (at[0] == '\xC2' && static_cast<unsigned char>(at[1]) < 0xA0) return false;
        if (at == "\xE2\x80\xA8" || at == "\xE2\x80\xA9" || at == "\xEF\xBB\xBF" || at == "\xEF\xBF\xBE" ||
            at == "\xEF\xBF\xBF")
            return false;
    }
    return true;
}

void append_value(std::string& out, const std::string& value) {
    if (is_yaml_text(value))
        out.append(" ").append(yaml_scalar(value)).append("\n");
    else
        out.append(" !!binary \"").append(to_base64(value)).append("\"\n");
}

/// All below `path` from `at` on; behind the last of them afterwards.
void append_level(std::string& out, Tree::const_iterator& at, const Tree& tree, const std::string& path,
                  std::size_t depth) {
    while (at != tree.end() && at->first.starts_with(path)) {
        const std::string rest = at->first.substr(path.size());
        const std::size_t slash = rest.find('/');
        const std::string name = rest.substr(0, slash);
        out.append(2 * depth, ' ');
        // A level of its own, unless that name is taken by a value.
        if (slash == std::string::npos || tree.contains(path + name) || depth + 1 == deepest) {
            out.append(yaml_scalar(rest)).append(":");
            append_value(out, at->second);
            ++at;
        } else {
            out.append(yaml_scalar(name)).append(":\n");
            append_level(out, at, tree, path + name + '/', depth + 1);
        }
    }
}

// ---- reading

class Document {
  public:
    explicit Document(const std::string& text) {
        yaml_parser_initialize(&parser_);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
        if (yaml_parser_load(&parser_, &document_) != 1) {
            const std::string problem = parser_.problem != nullptr ? parser_.problem : "it cannot be read";
            const std::size_t line = parser_.problem_mark.line + 1;
            yaml_parser_delete(&parser_);
            throw Stop{Exit::invalid, "this is no YAML: " + problem + " (line " + std::to_string(line) + ')'};
        }
    }
    ~Document() {
        yaml_document_delete(&document_);
        yaml_parser_delete(&parser_);
    }
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    yaml_node_t* root() { return yaml_document_get_root_node(&document_); }
    yaml_node_t* node(int number) { return yaml_document_get_node(&document_, number); }
    bool has_another() {
        yaml_document_t next;
        if (yaml_parser_load(&parser_, &next) != 1) return true;
        const bool there = yaml_document_get_root_node(&next) != nullptr;
        yaml_document_delete(&next);
        return there;
    }

  private:
    yaml_parser_t parser_{};
    yaml_document_t document_{};
};

[[noreturn]] void refuse(const yaml_node_t& node, const std::string& why) {
    throw Stop{Exit::invalid,
               "this is no tree of settings: " + why + " (line " + std::to_string(node.start_mark.line + 1) + ')'};
}

std::string text_of(const yaml_node_t& node) {
    return {reinterpret_cast<const char*>(node.data.scalar.value), node.data.scalar.length};
}

std::string value_of(const yaml_node_t& node) {
    if (node.tag == nullptr || reinterpret_cast<const char*>(node.tag) != binary_tag) return text_of(node);
    std::string packed;
    for (const char c : text_of(node))
        if (c != ' ' && c != '\n') packed += c;
    auto bytes = from_base64(packed);
    if (!bytes) refuse(node, "a !!binary that is not base64");
    return std::move(*bytes);
}

class Reader {
  public:
    explicit Reader(Document& document) : document_(document) {}

    void read(const yaml_node_t& mapping, const std::string& path, std::size_t depth) {
        if (depth == deepest) refuse(mapping, "it is nested too deep");
        if (mapping.type != YAML_MAPPING_NODE) refuse(mapping, "here a mapping is wanted");
        for (auto* pair = mapping.data.mapping.pairs.start; pair < mapping.data.mapping.pairs.top; ++pair) {
            if (++nodes_ > most_nodes) refuse(mapping, "it has too many nodes");
            const yaml_node_t& name = *document_.node(pair->key);
            const yaml_node_t& value = *document_.node(pair->value);
            if (name.type != YAML_SCALAR_NODE) refuse(name, "a name is no text");
            const std::string key = path + text_of(name);
            if (value.type == YAML_SEQUENCE_NODE) refuse(value, "a list is no setting");
            if (value.type == YAML_MAPPING_NODE)
                read(value, key + '/', depth + 1);
            else if (!tree.emplace(key, value_of(value)).second)
                refuse(value, "\"" + key + "\" is there twice");
        }
    }

    Tree tree;

  private:
    Document& document_;
    std::size_t nodes_ = 0;
};

}  // namespace

std::string write_yaml_tree(const Tree& tree) {
    std::string out = "---\n";
    if (tree.empty()) return out + "{}\n";
    auto at = tree.begin();
    append_level(out, at, tree, "", 0);
    return out;
}

Tree read_yaml_tree(const std::string& text) {
    Document document(text);
    const yaml_node_t* root = document.root();
    if (root == nullptr) throw Stop{Exit::invalid, "this is no tree of settings: it is empty"};
    Reader reader(document);
    reader.read(*root, "", 0);
    if (document.has_another()) refuse(*root, "there is more than one document");
    return std::move(reader.tree);
}

}  // namespace confcast::cli
