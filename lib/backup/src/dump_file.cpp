#include "confcast/backup/dump_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace confcast::backup {
namespace {

// Of a value of the largest size that a server takes, with every byte escaped.
constexpr std::size_t longest_line = 256U << 20U;
constexpr std::size_t piece = 64U << 10U;

Error cannot(std::string_view what) {
    return Error(Errc::invalid_parameter)
        .with("reason", std::string(what) + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<DumpFile> DumpFile::open(const std::filesystem::path& path) {
    File file(std::fopen(path.c_str(), "rbe"));
    if (!file) return cannot(path.string() + " cannot be opened");
    return DumpFile(std::move(file));
}

Result<DumpFile> DumpFile::spool(std::FILE* from) {
    const char* told = std::getenv("TMPDIR");
    const std::string directory = told != nullptr && *told != '\0' ? told : "/tmp";
    const int number = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, S_IRUSR | S_IWUSR);
    File file(number >= 0 ? ::fdopen(number, "w+b") : std::tmpfile());
    if (!file) return cannot("there can be no file in " + directory);
    std::array<char, piece> bytes{};
    while (const std::size_t got = std::fread(bytes.data(), 1, bytes.size(), from))
        if (std::fwrite(bytes.data(), 1, got, file.get()) != got)
            return cannot("a copy cannot be kept in " + directory);
    if (std::ferror(from) != 0) return cannot("standard input cannot be read");
    if (std::fflush(file.get()) != 0) return cannot("a copy cannot be kept in " + directory);
    DumpFile dump(std::move(file));
    dump.rewind();
    return dump;
}

Error DumpFile::refuse(std::string_view what) const {
    return Error(Errc::invalid_parameter)
        .with("reason", "line " + std::to_string(number_) + " of the dump: " + std::string(what));
}

Result<DumpFile::Read> DumpFile::read_line() {
    line_.clear();
    ++number_;
    for (int c = ::getc_unlocked(file_.get()); c != EOF; c = ::getc_unlocked(file_.get())) {
        if (c == '\n') return Read::line;
        if (line_.size() >= longest_line) return refuse("it is too long");
        line_ += static_cast<char>(c);
    }
    if (std::ferror(file_.get()) != 0) return cannot("the dump cannot be read");
    return line_.empty() ? Read::end : Read::cut;
}

void DumpFile::rewind() {
    std::rewind(file_.get());
    number_ = 0;
}

Result<> DumpFile::check() {
    rewind();
    Digest digest;
    DumpTotals counted;
    std::string last_key;
    std::string last_token;
    for (;;) {
        const Result<Read> read = read_line();
        if (!read) return read.error();
        if (*read != Read::line) return refuse("it ends here, before its last line: it has been cut");
        Result<DumpLine> line = parse_line(line_);
        if (!line) return refuse(line.error().detail("reason"));
        if (std::holds_alternative<DumpHeader>(*line) != (number_ == 1))
            return refuse(number_ == 1 ? "it is not the beginning of a dump" : "another dump begins");
        if (auto* header = std::get_if<DumpHeader>(&*line)) {
            header_ = std::move(*header);
        } else if (auto* setting = std::get_if<DumpSetting>(&*line)) {
            if (counted.tokens > 0 || (counted.settings > 0 && setting->key <= last_key))
                return refuse("it is not in order");
            last_key = std::move(setting->key);
            ++counted.settings;
        } else if (auto* token = std::get_if<DumpToken>(&*line)) {
            if (counted.tokens > 0 && token->id <= last_token) return refuse("it is not in order");
            last_token = std::move(token->id);
            ++counted.tokens;
        } else {
            totals_ = std::get<DumpTotals>(*line);
            break;
        }
        digest.add(line_);
        digest.add("\n");
    }
    if (totals_.settings != counted.settings || totals_.tokens != counted.tokens)
        return refuse("lines are missing, or there are too many");
    const std::string end = end_line(totals_);
    digest.add(end);
    if (line_ + "\n" != end + digest.finish() + std::string(end_of_end))
        return refuse("the dump is not what was written: its SHA-256 is another one");
    const Result<Read> more = read_line();
    if (!more) return more.error();
    if (*more != Read::end) return refuse("there is something behind the end");
    rewind();
    return {};
}

Result<std::optional<DumpFile::Record>> DumpFile::next() {
    for (;;) {
        const Result<Read> read = read_line();
        if (!read) return read.error();
        if (*read != Read::line) return refuse("it has changed since it was checked");
        Result<DumpLine> line = parse_line(line_);
        if (!line) return refuse(line.error().detail("reason"));
        if (auto* setting = std::get_if<DumpSetting>(&*line)) return std::optional<Record>(std::move(*setting));
        if (auto* token = std::get_if<DumpToken>(&*line)) return std::optional<Record>(std::move(*token));
        if (std::holds_alternative<DumpTotals>(*line)) return std::optional<Record>();
    }
}

}  // namespace confcast::backup
