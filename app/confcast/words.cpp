#include "words.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "confcast/client/calls.hpp"
#include "stop.hpp"
#include "units.hpp"

namespace confcast::cli {

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file)) throw usage_error("cannot read " + file.string());
    std::stringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
}

std::string bytes_of(const std::string& word) {
    if (word == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
    if (word.starts_with('@')) return read_file(word.substr(1));
    return word;
}

std::chrono::seconds seconds_of(const std::string& word, const std::string& flag) {
    const bool number = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
    const auto parsed = app::parse_duration(number ? word + 's' : word);
    if (!parsed || parsed->count() == 0 || parsed->count() % 1000 != 0)
        throw usage_error(flag + " takes whole seconds, such as 90, 90s or 5m, not \"" + word + "\"");
    return std::chrono::duration_cast<std::chrono::seconds>(*parsed);
}

std::string config_target(const std::string& key) { return "/api/v1/config/" + client::percent_encode(key); }

}  // namespace confcast::cli
