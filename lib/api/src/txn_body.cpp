#include "txn_body.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <limits>
#include <unordered_set>

#include "confcast/store/layout.hpp"

namespace confcast::api {
namespace json = boost::json;

namespace {

std::string place(std::string_view list, std::size_t index) {
    return '/' + std::string(list) + '/' + std::to_string(index);
}

Result<std::string> checked_key(std::string_view key, std::string_view pointer) {
    const Result<> good = store::check_key(key);
    if (!good) return good.error().with("pointer", pointer);
    return std::string(key);
}

Result<std::string> read_key(const ObjectReader& object) {
    const Result<std::string_view> key = object.required_text("key");
    if (!key) return key.error();
    return checked_key(*key, object.pointer_to("key"));
}

Result<TransactionBody::Compare> read_compare(const json::value& element, std::size_t index) {
    const Result<ObjectReader> object = ObjectReader::make(element, place("compare", index));
    if (!object) return object.error();
    const Result<> known = object->only({"key", "mod_revision"});
    if (!known) return known.error();
    Result<std::string> key = read_key(*object);
    if (!key) return key.error();
    const Result<std::optional<std::int64_t>> revision =
        object->number("mod_revision", 0, std::numeric_limits<std::int64_t>::max());
    if (!revision) return revision.error();
    if (!*revision) return bad_field(object->pointer_to("mod_revision"), "it is missing");
    return TransactionBody::Compare{std::move(*key), **revision};
}

Result<TransactionBody::Put> read_put(const json::value& element, std::size_t index, const SettingLimits& limits) {
    const Result<ObjectReader> object = ObjectReader::make(element, place("put", index));
    if (!object) return object.error();
    const Result<> known = object->only({"key", "value", "encoding", "content_type", "ttl", "message"});
    if (!known) return known.error();
    Result<std::string> key = read_key(*object);
    if (!key) return key.error();
    Result<Setting> setting = read_setting(*object, limits);
    if (!setting) return setting.error();
    return TransactionBody::Put{std::move(*key), std::move(*setting)};
}

Result<std::string> read_delete(const json::value& element, std::size_t index) {
    const json::string* key = element.if_string();
    const std::string pointer = place("delete", index);
    if (key == nullptr) return bad_field(pointer, "it must be a string");
    return checked_key({key->data(), key->size()}, pointer);
}

// Each key once among puts and deletes.
Result<> check_unique(const TransactionBody& body) {
    std::unordered_set<std::string_view> seen;
    for (const TransactionBody::Put& put : body.puts)
        if (!seen.insert(put.key).second) return Error(Errc::duplicate_key).with("key", put.key);
    for (const std::string& key : body.deletes)
        if (!seen.insert(key).second) return Error(Errc::duplicate_key).with("key", key);
    return {};
}

std::size_t size_of(const json::array* elements) { return elements == nullptr ? 0 : elements->size(); }

}  // namespace

Result<TransactionBody> read_transaction(std::string_view body, const SettingLimits& limits,
                                         std::size_t max_operations) {
    json::monotonic_resource memory;
    const Result<json::value> document = parse_json(body, &memory);
    if (!document) return document.error();
    const Result<ObjectReader> object = ObjectReader::make(*document, "");
    if (!object) return object.error();
    const Result<> known = object->only({"compare", "put", "delete"});
    if (!known) return known.error();
    const Result<const json::array*> compares = object->array("compare");
    if (!compares) return compares.error();
    const Result<const json::array*> puts = object->array("put");
    if (!puts) return puts.error();
    const Result<const json::array*> deletes = object->array("delete");
    if (!deletes) return deletes.error();

    const std::size_t operations = size_of(*puts) + size_of(*deletes);
    if (operations > max_operations || size_of(*compares) > max_operations)
        return Error(Errc::too_many_operations).with("limit", static_cast<std::int64_t>(max_operations));
    if (operations + size_of(*compares) == 0) return bad_field("", "name at least one compare, put or delete");

    TransactionBody out;
    for (std::size_t i = 0; i < size_of(*compares); ++i) {
        Result<TransactionBody::Compare> compare = read_compare((**compares)[i], i);
        if (!compare) return compare.error();
        out.compares.push_back(std::move(*compare));
    }
    for (std::size_t i = 0; i < size_of(*puts); ++i) {
        Result<TransactionBody::Put> put = read_put((**puts)[i], i, limits);
        if (!put) return put.error();
        out.puts.push_back(std::move(*put));
    }
    for (std::size_t i = 0; i < size_of(*deletes); ++i) {
        Result<std::string> key = read_delete((**deletes)[i], i);
        if (!key) return key.error();
        out.deletes.push_back(std::move(*key));
    }
    const Result<> unique = check_unique(out);
    if (!unique) return unique.error();
    return out;
}

}  // namespace confcast::api
