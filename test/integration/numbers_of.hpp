// What a server's /metrics say, for tests.
#pragma once

#include <cstdlib>
#include <string>

namespace confcast::test {

/// The value of a series, written as it stands in the text: `name` or `name{label="value"}`. -1 when it is not there.
inline double number_of(const std::string& metrics, const std::string& series) {
    const std::string line = "\n" + series + " ";
    const std::size_t at = ("\n" + metrics).find(line);
    return at == std::string::npos ? -1 : std::strtod(metrics.c_str() + at + series.size() + 1, nullptr);
}

}  // namespace confcast::test
