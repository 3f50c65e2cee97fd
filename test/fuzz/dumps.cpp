// A line of a dump, which may come from anywhere: what is taken keeps the rules of keys, and is the same when it is
// written and read again.
#include "confcast/backup/dump.hpp"
#include "target.hpp"

FUZZ_TARGET(dumps) {
    const Result<backup::DumpLine> line = backup::parse_line(bytes);
    if (!line) return;
    backup::DumpWriter writer;
    if (const auto* setting = std::get_if<backup::DumpSetting>(&*line)) {
        demand(store::check_key(setting->key).has_value(), "a key keeps the rules of keys");
        writer.add(*setting);
    } else if (const auto* token = std::get_if<backup::DumpToken>(&*line)) {
        writer.add(*token);
    } else if (const auto* header = std::get_if<backup::DumpHeader>(&*line)) {
        writer.begin(*header);
    } else {
        return;
    }
    std::string again = writer.take();
    demand(!again.empty() && again.back() == '\n', "it is a line");
    again.pop_back();
    demand(again.find('\n') == std::string::npos, "it is one line");
    const Result<backup::DumpLine> same = backup::parse_line(again);
    demand(same && *same == *line, "it is the same again");
}
