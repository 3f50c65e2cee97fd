// docs/openapi.json and the code say the same: routes, parameters, codes.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "world.hpp"

namespace confcast::api {
namespace {

namespace json = boost::json;

json::value read_document() {
    std::ifstream file(CONFCAST_OPENAPI_JSON);
    std::stringstream text;
    text << file.rdbuf();
    return json::parse(text.str());
}

const json::value& resolve(const json::value& document, const json::value& value) {
    if (const json::object* object = value.if_object())
        if (const json::value* target = object->if_contains("$ref"))
            return document.at_pointer(std::string(target->as_string()).substr(1));
    return value;
}

// "GET /api/v1/config/{key}"
std::string name_of_route(const Api::Route& route) {
    std::string path = route.pattern;
    for (const auto& [pattern, name] : {std::pair{"*key", "{key}"}, std::pair{":id", "{id}"}})
        if (const std::size_t at = path.find(pattern); at != std::string::npos)
            path.replace(at, std::string_view(pattern).size(), name);
    return std::string(to_string(route.method)) + ' ' + path;
}

struct Operation {
    std::string name;
    const json::object* path;
    const json::object* operation;
};

std::vector<Operation> operations_of(const json::value& document) {
    const std::vector<std::pair<const char*, const char*>> methods{
        {"get", "GET"}, {"put", "PUT"}, {"post", "POST"}, {"delete", "DELETE"}, {"patch", "PATCH"}, {"head", "HEAD"}};
    std::vector<Operation> found;
    for (const auto& item : document.at("paths").as_object()) {
        const json::object& path = resolve(document, item.value()).as_object();
        for (const auto& [lower, upper] : methods)
            if (const json::value* operation = path.if_contains(lower))
                found.push_back({upper + (" " + std::string(item.key())), &path, &operation->as_object()});
    }
    return found;
}

void collect_codes(const json::value& value, std::set<std::int64_t>& codes) {
    if (const json::object* object = value.if_object()) {
        for (const auto& member : *object) {
            if (member.key() == "x-codes" || member.key() == "error_codes")
                for (const json::value& code : member.value().as_array()) codes.insert(code.as_int64());
            collect_codes(member.value(), codes);
        }
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& element : *array) collect_codes(element, codes);
    }
}

TEST(Openapi, HasEveryRouteAndNoOther) {
    const World world;
    std::set<std::string> served;
    for (const Api::Route& route : world.api.routes()) served.insert(name_of_route(route));
    const json::value document = read_document();
    std::set<std::string> described;
    for (const Operation& operation : operations_of(document)) described.insert(operation.name);
    EXPECT_EQ(served, described);
}

TEST(Openapi, HasEveryQueryParameterAndNoOther) {
    const World world;
    const json::value document = read_document();
    for (const Operation& operation : operations_of(document)) {
        std::set<std::string> all;
        std::set<std::string> repeatable;
        if (const json::value* parameters = operation.operation->if_contains("parameters")) {
            for (const json::value& item : parameters->as_array()) {
                const json::value& parameter = resolve(document, item);
                if (parameter.at("in").as_string() != "query") continue;
                const std::string name(parameter.at("name").as_string());
                all.insert(name);
                const json::object& schema = parameter.at("schema").as_object();
                if (schema.contains("type") && schema.at("type") == "array") repeatable.insert(name);
            }
        }
        for (const Api::Route& route : world.api.routes()) {
            if (name_of_route(route) != operation.name) continue;
            EXPECT_EQ(std::set<std::string>(route.query.begin(), route.query.end()), all) << operation.name;
            EXPECT_EQ(std::set<std::string>(route.query_repeatable.begin(), route.query_repeatable.end()), repeatable)
                << operation.name;
        }
    }
}

TEST(Openapi, HasEveryCodeAndNoOther) {
    std::set<std::int64_t> described;
    collect_codes(read_document(), described);
    std::set<std::int64_t> known;
    for (const Errc code : all_errcs()) known.insert(static_cast<std::int64_t>(code));
    EXPECT_EQ(known, described);
}

TEST(Openapi, CodesStandUnderTheirStatus) {
    const json::value document = read_document();
    for (const Operation& operation : operations_of(document)) {
        for (const auto& response : operation.operation->at("responses").as_object()) {
            const json::value& answer = resolve(document, response.value());
            const json::value* codes = answer.as_object().if_contains("x-codes");
            if (codes == nullptr || response.key() == "default") continue;
            for (const json::value& code : codes->as_array())
                EXPECT_EQ(std::to_string(code.as_int64() / 100), std::string(response.key())) << operation.name;
        }
    }
}

TEST(Openapi, EveryReferenceLeadsSomewhere) {
    const json::value document = read_document();
    const std::function<void(const json::value&)> walk = [&](const json::value& value) {
        if (const json::object* object = value.if_object()) {
            if (object->contains("$ref")) EXPECT_NO_THROW(resolve(document, value)) << json::serialize(value);
            for (const auto& member : *object) walk(member.value());
        } else if (const json::array* array = value.if_array()) {
            for (const json::value& element : *array) walk(element);
        }
    };
    walk(document);
}

TEST(Openapi, EveryPathParameterIsDeclared) {
    const json::value document = read_document();
    for (const Operation& operation : operations_of(document)) {
        const std::size_t open = operation.name.find('{');
        if (open == std::string::npos) continue;
        const std::string name = operation.name.substr(open + 1, operation.name.find('}') - open - 1);
        EXPECT_EQ(resolve(document, operation.path->at("parameters").as_array().at(0)).at("name").as_string(), name);
    }
}

TEST(Openapi, IsServedAsItIs) {
    World world;
    const Reply reply = world.get("/api/v1/openapi.json");
    EXPECT_EQ(reply.header("Content-Type"), "application/vnd.oai.openapi+json;version=3.1");
    EXPECT_TRUE(json::parse(reply.body) == read_document());
}

}  // namespace
}  // namespace confcast::api
