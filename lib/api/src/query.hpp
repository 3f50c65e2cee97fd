// A request's query, parsed against the parameters that its route declares: an unknown one is refused, never ignored,
// and so is a second value where one is meant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/error.hpp"

namespace confcast::api {

/// A parameter that a route takes.
struct Parameter {
    std::string_view name;
    bool repeatable = false;
};

class Query {
  public:
    Query() = default;
    /// `raw` is what stands behind '?', still percent-encoded. Errors: invalid_encoding; unknown_field (details "kind",
    /// "name", "known"); invalid_parameter (details "parameter", "rule") for a repeated one or one that is not UTF-8.
    static Result<Query> parse(std::string_view raw, std::span<const Parameter> known);

    /// The value ("" for a bare name), or nullopt. Valid as long as the query.
    std::optional<std::string_view> get(std::string_view name) const;
    /// All values of a repeatable parameter, in order.
    std::vector<std::string> all(std::string_view name) const;
    bool has(std::string_view name) const { return get(name).has_value(); }

    /// A switch: "name", "name=true" and "name=1" are on, "name=false" and "name=0" off. Error: invalid_parameter.
    Result<bool> flag(std::string_view name, bool otherwise = false) const;
    /// A whole number between both bounds. Error: invalid_parameter.
    Result<std::optional<std::int64_t>> number(std::string_view name, std::int64_t low, std::int64_t high) const;

  private:
    struct Pair {
        std::string name;
        std::string value;
    };
    std::vector<Pair> pairs_;
};

/// invalid_parameter with its two particulars.
Error bad_parameter(std::string_view name, std::string_view rule);

}  // namespace confcast::api
