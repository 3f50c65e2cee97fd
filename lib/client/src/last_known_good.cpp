// The format of the file. How it comes to the disk is in saved_file.cpp.
#include "last_known_good.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "bytes.hpp"
#include "failures.hpp"
#include "json_entry.hpp"
#include "saved_file.hpp"

namespace confcast::client {
namespace json = boost::json;

namespace {

constexpr std::string_view version_1 = "1 sha256=";
constexpr std::size_t digest_size = 64;

Failure refuse(const std::string& what) { return failure_of(FailureKind::file, "the last-known-good file " + what); }

json::array texts_of(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

bool read_texts(const json::object& object, std::string_view name, std::vector<std::string>& out) {
    const json::value* found = object.if_contains(name);
    if (found == nullptr || !found->is_array()) return false;
    for (const json::value& text : found->get_array()) {
        if (!text.is_string()) return false;
        out.emplace_back(text.get_string());
    }
    return true;
}

std::optional<Saved> read_body(std::string_view body) {
    boost::system::error_code error;
    const json::value document = json::parse(body, error);
    const json::object* object = error ? nullptr : document.if_object();
    if (object == nullptr) return std::nullopt;
    const auto epoch = text_in(*object, "epoch");
    const auto revision = number_in(*object, "revision");
    const json::value* entries = object->if_contains("entries");
    Filters filters;
    const bool whole = epoch && !epoch->empty() && revision && *revision > 0 && entries != nullptr &&
                       entries->is_array() && read_texts(*object, "keys", filters.keys) &&
                       read_texts(*object, "prefixes", filters.prefixes) && read_texts(*object, "globs", filters.globs);
    if (!whole) return std::nullopt;
    Saved saved{FilterSet::exactly(filters), {std::string(*epoch), *revision}, {}};
    for (const json::value& element : entries->get_array()) {
        auto entry = element.is_object() ? entry_from(element.get_object()) : std::nullopt;
        if (!entry) return std::nullopt;
        saved.entries.push_back(std::move(*entry));
    }
    return saved;
}

}  // namespace

std::string encode_saved(const Saved& saved) {
    const Filters filters = saved.filters.to_filters();
    json::array entries;
    for (const Entry& entry : saved.entries) entries.emplace_back(to_json(entry));
    const std::string body = json::serialize(json::object{{"epoch", saved.position.epoch},
                                                          {"revision", saved.position.revision},
                                                          {"keys", texts_of(filters.keys)},
                                                          {"prefixes", texts_of(filters.prefixes)},
                                                          {"globs", texts_of(filters.globs)},
                                                          {"entries", std::move(entries)}}) +
                             '\n';
    std::string bytes(saved_magic);
    bytes += version_1;
    bytes += sha256_hex(body);
    bytes += '\n';
    return bytes + body;
}

Result<Saved> decode_saved(std::string_view bytes) {
    if (!bytes.starts_with(saved_magic)) return refuse("is not one: something else is in its place");
    bytes.remove_prefix(saved_magic.size());
    if (!bytes.starts_with(version_1)) return refuse("is of a format that this program does not know");
    bytes.remove_prefix(version_1.size());
    if (bytes.size() <= digest_size || bytes[digest_size] != '\n') return refuse("is damaged: it is cut off");
    const std::string_view body = bytes.substr(digest_size + 1);
    if (sha256_hex(body) != bytes.substr(0, digest_size)) return refuse("is damaged: its checksum does not fit");
    auto saved = read_body(body);
    if (!saved) return refuse("is damaged: its content makes no sense");
    return std::move(*saved);
}

Result<std::optional<Saved>> load_saved(const std::filesystem::path& path) {
    const auto bytes = read_saved_file(path);
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<Saved>();
    auto saved = decode_saved(**bytes);
    if (!saved) {
        Failure failure = saved.error();
        failure.message += " (" + path.string() + ")";
        return failure;
    }
    return std::optional<Saved>(std::move(*saved));
}

Result<> store_saved(const std::filesystem::path& path, const Saved& saved) {
    return write_saved_file(path, encode_saved(saved));
}

}  // namespace confcast::client
