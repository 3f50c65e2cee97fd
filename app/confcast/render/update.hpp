// From settings to files: all of them rendered, checked, put in place, then the reload; or none of them.
//
// Invariant: a reload that is owed (a file was replaced and the command has not ended well since) is made up for by the
// next update, even when that one changes no file.
#pragma once

#include <string>
#include <vector>

#include "../stop.hpp"
#include "shell_command.hpp"
#include "target_file.hpp"
#include "template.hpp"

namespace confcast::cli::templates {

struct Pair {
    std::string source;  // the template's file, for messages
    Nodes nodes;
    TargetFile target;
};

struct Steps {
    std::string check{};                      // with "{}"; "" = none
    std::string reload{};                     // "" = none
    std::chrono::milliseconds limit{30'000};  // of each command
    bool dry_run = false;                     // nothing is written or run
};

/// What became of one file.
struct FileResult {
    enum class State : std::uint8_t { unchanged, written };
    State state = State::unchanged;
    std::string before{};  // of a dry run
    std::string after{};
};

struct Outcome {
    Exit code = Exit::ok;
    std::string error{};              // "" = all files are as they should be; else one line
    std::string output{};             // of a check that failed, to be shown
    std::string key{};                // the setting that is to blame, if one is
    bool may_pass_later = false;      // with the same settings
    std::vector<FileResult> files{};  // in step with the pairs; empty when nothing was put in place
};

class Updater {
  public:
    Updater(std::vector<Pair> pairs, Steps steps) : pairs_(std::move(pairs)), steps_(std::move(steps)) {}

    const std::vector<Pair>& pairs() const { return pairs_; }
    /// `turn` is called while the check runs, and may end all of it by throwing; `reload_turn` while the reload does.
    Outcome update(const Values& values, std::int64_t revision, const Turn& turn, const Turn& reload_turn);

  private:
    /// Of each pair, in order.
    std::vector<std::string> render_all(const Values& values) const;
    std::vector<StagedFile> stage_changed(const std::vector<std::string>& texts, Outcome& outcome) const;
    void check(const Pair& pair, const StagedFile& staged, std::int64_t revision, const Turn& turn) const;
    void reload(std::int64_t revision, const Turn& turn);

    std::vector<Pair> pairs_;
    Steps steps_;
    bool reload_owed_ = false;
};

}  // namespace confcast::cli::templates
