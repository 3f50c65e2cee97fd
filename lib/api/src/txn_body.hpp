// What a transaction asks for: its body, checked.
#pragma once

#include <string>
#include <vector>

#include "setting_body.hpp"

namespace confcast::api {

struct TransactionBody {
    struct Compare {
        std::string key;
        std::int64_t mod_revision = 0;  // 0 = the key is not there
    };
    struct Put {
        std::string key;
        Setting setting;
    };
    std::vector<Compare> compares;
    std::vector<Put> puts;
    std::vector<std::string> deletes;
};

/// Errors: those of parse_json and read_setting (their pointer begins at the document), invalid_key, duplicate_key
/// (detail "key"), too_many_operations (detail "limit").
Result<TransactionBody> read_transaction(std::string_view body, const SettingLimits& limits,
                                         std::size_t max_operations);

}  // namespace confcast::api
