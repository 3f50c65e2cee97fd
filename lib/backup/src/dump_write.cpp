#include <openssl/evp.h>

#include <boost/json/serialize.hpp>
#include <utility>

#include "confcast/backup/dump.hpp"
#include "confcast/base/utf8.hpp"

namespace confcast::backup {
namespace {

// What is not UTF-8 is shown as \xNN, as everywhere else; values and records have an encoding of their own.
void append_text(std::string& out, std::string_view text) {
    out += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

void append_word(std::string& out, std::string_view name, std::string_view text) {
    out += ",\"" + std::string(name) + "\":";
    append_text(out, is_valid_utf8(text) ? std::string(text) : escape_invalid_utf8(text));
}

void append_number(std::string& out, std::string_view name, std::int64_t number) {
    out += ",\"" + std::string(name) + "\":" + std::to_string(number);
}

std::string to_base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

void append_bytes(std::string& out, std::string_view name, std::string_view bytes) {
    if (is_valid_utf8(bytes)) {
        append_word(out, name, bytes);
        return;
    }
    append_word(out, name, to_base64(bytes));
    out += R"(,"encoding":"base64")";
}

void append_meta(std::string& out, const store::Metadata& meta) {
    if (!meta.content_type.empty()) append_word(out, "content_type", meta.content_type);
    if (!meta.author.empty()) append_word(out, "author", meta.author);
    if (!meta.message.empty()) append_word(out, "message", meta.message);
    if (meta.updated_at) {
        const auto since = meta.updated_at->time_since_epoch();
        append_number(out, "updated_at_ms", std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
    }
    if (meta.ttl_s) append_number(out, "ttl", *meta.ttl_s);
}

}  // namespace

void DumpWriter::begin(const DumpHeader& header) {
    text_ += R"({"confcast_dump":)" + std::to_string(format_version);
    append_word(text_, "epoch", header.epoch);
    append_number(text_, "revision", header.revision);
    append_number(text_, "time_ms", header.time_ms);
    append_word(text_, "prefix", header.prefix);
    append_word(text_, "server", header.server);
    text_ += "}\n";
}

void DumpWriter::add(const DumpSetting& setting) {
    ++totals_.settings;
    text_ += R"({"setting":)";
    append_text(text_, setting.key);
    append_bytes(text_, "value", setting.value);
    append_meta(text_, setting.meta);
    append_number(text_, "create_revision", setting.create_revision);
    append_number(text_, "mod_revision", setting.mod_revision);
    append_number(text_, "version", setting.version);
    if (setting.ttl_left) append_number(text_, "ttl_left", *setting.ttl_left);
    if (setting.foreign_lease) text_ += R"(,"foreign_lease":true)";
    text_ += "}\n";
}

void DumpWriter::add(const DumpToken& token) {
    ++totals_.tokens;
    text_ += R"({"token":)";
    append_text(text_, token.id);
    append_bytes(text_, "record", token.record);
    append_number(text_, "mod_revision", token.mod_revision);
    text_ += "}\n";
}

std::string DumpWriter::take() {
    digest_.add(text_);
    return std::exchange(text_, {});
}

void DumpWriter::end() {
    text_ += end_line(totals_);
    digest_.add(text_);
    text_ += digest_.finish();
    text_ += end_of_end;
}

std::string end_line(const DumpTotals& totals) {
    std::string out = R"({"end":true)";
    append_number(out, "settings", totals.settings);
    append_number(out, "tokens", totals.tokens);
    append_number(out, "left_out", totals.left_out);
    return out + R"(,"sha256":")";
}

}  // namespace confcast::backup
