// How rows are shown: a line each as they come, a table's verdict, and JSON.
#pragma once

#include <string>
#include <vector>

#include "bench.hpp"

namespace confcast::compare {

void print_head();
void print_row(const Row& row, bool smoke);
std::string to_json(const std::vector<Row>& rows);

}  // namespace confcast::compare
