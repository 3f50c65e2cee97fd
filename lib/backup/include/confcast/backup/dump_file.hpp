// A dump on a disk: checked as a whole before anything of it is believed, then read line by line, as often as needed.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "confcast/backup/dump.hpp"

namespace confcast::backup {

class DumpFile {
  public:
    using Record = std::variant<DumpSetting, DumpToken>;

    /// Error: invalid_parameter with detail "reason", as of all calls here.
    static Result<DumpFile> open(const std::filesystem::path& path);
    /// What comes from there to its end, kept in a file without a name (mode 0600) in $TMPDIR or /tmp.
    static Result<DumpFile> spool(std::FILE* from);

    /// Reads all of it: that each line is what it says, settings and tokens ascend, and count and digest are right.
    /// Then it stands behind the header.
    Result<> check();
    /// After check().
    const DumpHeader& header() const { return header_; }
    const DumpTotals& totals() const { return totals_; }

    /// To the first setting.
    void rewind();
    /// nullopt at the end.
    Result<std::optional<Record>> next();

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    using File = std::unique_ptr<std::FILE, Close>;
    enum class Read : std::uint8_t { line, cut, end };

    explicit DumpFile(File file) : file_(std::move(file)) {}
    Result<Read> read_line();
    Error refuse(std::string_view what) const;

    File file_;
    std::string line_;  // without its end
    std::int64_t number_ = 0;
    DumpHeader header_;
    DumpTotals totals_;
};

}  // namespace confcast::backup
