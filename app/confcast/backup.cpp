// confcast backup: all settings and tokens of one revision into a file, or to standard output.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <ostream>
#include <system_error>

#include "command.hpp"
#include "confcast/backup/dump_file.hpp"
#include "confcast/base/descriptor.hpp"

namespace confcast::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, std::string_view doing) {
    throw Stop{Exit::failed,
               path.string() + " cannot be " + std::string(doing) + ": " + std::generic_category().message(errno)};
}

/// A file beside the one that is wanted, mode 0600, which takes its place when it is whole: until then what was there
/// stays, and without keep() nothing is left.
class Draft {
  public:
    explicit Draft(fs::path target)
        : target_(std::move(target)), path_(pattern_beside(target_)), file_(::mkostemp(path_.data(), O_CLOEXEC)) {
        if (!file_.is_open()) fail(target_, "made");
    }
    ~Draft() {
        if (!kept_) ::unlink(path_.c_str());
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    bool write(std::string_view bytes) { return write_all(file_, bytes); }
    const std::string& path() const { return path_; }
    void bring_to_disk() {
        if (::fsync(file_.number()) != 0 || !file_.close()) fail(target_, "written");
    }
    void keep() {
        if (::rename(path_.c_str(), target_.c_str()) != 0) fail(target_, "replaced");
        kept_ = true;
        const Descriptor directory(directory_of(target_), O_RDONLY | O_DIRECTORY);
        if (!directory.is_open() || ::fsync(directory.number()) != 0) fail(target_, "brought to the disk");
    }

  private:
    static fs::path directory_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : "."; }
    static std::string pattern_beside(const fs::path& file) {
        return (directory_of(file) / ("." + file.filename().string() + ".XXXXXX")).string();
    }

    fs::path target_;
    std::string path_;
    Descriptor file_;
    bool kept_ = false;
};

backup::DumpTotals check(const fs::path& file, backup::DumpHeader& header) {
    Result<backup::DumpFile> dump = backup::DumpFile::open(file);
    if (!dump) throw Stop{Exit::failed, std::string(dump.error().detail("reason"))};
    if (const Result<> whole = dump->check(); !whole)
        throw Stop{Exit::invalid, std::string(whole.error().detail("reason"))};
    header = dump->header();
    return dump->totals();
}

class Backup final : public Command {
  public:
    CommandText text() const override {
        return {"backup", "Keep all settings and tokens in a file",
                "A dump of one revision, made while others write. The file is checked when it is whole, mode 0600, and "
                "only then takes the place of one that is there. Needs the permissions admin and read:**, for it holds "
                "every value and what is kept of the tokens: keep it as you keep those. `confcastd restore` loads it "
                "into an empty store. With --check FILE is a dump that is looked at, and no server is asked.",
                "confcast backup settings.dump\n"
                "confcast backup - | gzip > settings.dump.gz\n"
                "confcast backup --check settings.dump"};
    }
    void define(CLI::App& app) override {
        app.add_option("FILE", file_, "Where to keep it, or - for standard output")->required();
        app.add_flag("--check", check_, "See whether FILE is a whole dump");
    }
    Exit run(Shell& shell) override {
        if (check_) {
            backup::DumpHeader header;
            const backup::DumpTotals totals = check(file_, header);
            say(shell, shell.out(), header, totals);
        } else if (file_ == "-") {
            download(shell, [&](std::string_view piece) {
                shell.out().stream().write(piece.data(), static_cast<std::streamsize>(piece.size()));
                return shell.out().stream().good();
            });
        } else {
            keep(shell);
        }
        return Exit::ok;
    }

  private:
    void keep(Shell& shell) const {
        Draft draft{fs::path(file_)};
        download(shell, [&](std::string_view piece) { return draft.write(piece); });
        draft.bring_to_disk();
        backup::DumpHeader header;
        const backup::DumpTotals totals = check(draft.path(), header);
        draft.keep();
        say(shell, shell.error(), header, totals);
    }

    static void say(Shell& shell, const Output& where, const backup::DumpHeader& header,
                    const backup::DumpTotals& totals) {
        if (shell.wants_document()) {
            shell.out().document(boost::json::object{{"epoch", header.epoch},
                                                     {"revision", header.revision},
                                                     {"time_ms", header.time_ms},
                                                     {"prefix", header.prefix},
                                                     {"settings", totals.settings},
                                                     {"tokens", totals.tokens},
                                                     {"left_out", totals.left_out}},
                                 shell.format(Format::json));
            return;
        }
        where.stream() << totals.settings << " settings and " << totals.tokens << " tokens of revision "
                       << header.revision << '\n';
        if (totals.left_out > 0)
            where.stream() << totals.left_out << " keys in the store break the rules of keys and are not in it\n";
    }

    /// `write` says whether it could.
    static void download(Shell& shell, const std::function<bool(std::string_view)>& write) {
        const bool shows = shell.error().terminal();
        std::uint64_t bytes = 0;
        int failed = 0;
        client::RawRequest request;
        request.target = "/api/v1/snapshot";
        request.sink = [&](std::string_view piece) {
            if (failed == 0 && !write(piece)) failed = errno != 0 ? errno : EIO;
            bytes += piece.size();
            if (shows) shell.error().stream() << '\r' << bytes / 1024 << " KiB" << std::flush;
        };
        const client::RawResponse answer = shell.wait(shell.client().raw(std::move(request)));
        if (shows) shell.error().stream() << '\n';
        if (answer.status != 200) Shell::data_of(answer);  // throws what the server said
        if (failed != 0)
            throw Stop{Exit::failed, "the dump cannot be written: " + std::generic_category().message(failed)};
    }

    std::string file_;
    bool check_ = false;
};

}  // namespace

std::unique_ptr<Command> make_backup() { return std::make_unique<Backup>(); }

}  // namespace confcast::cli
