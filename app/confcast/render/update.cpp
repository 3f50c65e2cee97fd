#include "update.hpp"

#include "../output.hpp"

namespace confcast::cli::templates {
namespace {

/// Ends an update; caught in update().
struct Failed {
    Outcome outcome;
};

[[noreturn]] void fail(Outcome outcome) { throw Failed{std::move(outcome)}; }

Outcome outcome_of(const Problem& problem, const Pair& pair) {
    Outcome outcome;
    outcome.code = problem.mistake == Mistake::missing_key ? Exit::not_found : Exit::invalid;
    outcome.error = to_text(problem, pair.source);
    outcome.key = problem.key;
    return outcome;
}

}  // namespace

Outcome Updater::update(const Values& values, std::int64_t revision, const Turn& turn, const Turn& reload_turn) {
    Outcome outcome;
    try {
        const std::vector<std::string> texts = render_all(values);
        std::vector<StagedFile> staged = stage_changed(texts, outcome);
        if (steps_.dry_run) return outcome;
        std::size_t next = 0;
        for (std::size_t i = 0; i < pairs_.size(); ++i)
            if (outcome.files[i].state == FileResult::State::written) check(pairs_[i], staged[next++], revision, turn);
        for (StagedFile& file : staged) {
            reload_owed_ = true;
            file.put_in_place();
        }
        for (const Pair& pair : pairs_) pair.target.correct_mode();
        reload(revision, reload_turn);
        return outcome;
    } catch (Failed& failed) {
        return std::move(failed.outcome);
    } catch (const Stop& stop) {
        if (stop.code == Exit::interrupted) throw;
        Outcome failure;
        failure.code = Exit::failed;
        failure.error = stop.message;
        failure.may_pass_later = true;
        return failure;
    }
}

std::vector<std::string> Updater::render_all(const Values& values) const {
    std::vector<std::string> texts;
    for (const Pair& pair : pairs_) {
        Result<std::string> text = render(pair.nodes, values);
        if (!text) fail(outcome_of(text.error(), pair));
        texts.push_back(*std::move(text));
    }
    return texts;
}

std::vector<StagedFile> Updater::stage_changed(const std::vector<std::string>& texts, Outcome& outcome) const {
    std::vector<StagedFile> staged;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        const std::optional<std::string> before = pairs_[i].target.content();
        FileResult result;
        if (before != texts[i]) {
            result.state = FileResult::State::written;
            if (steps_.dry_run)
                result.before = before.value_or(""), result.after = texts[i];
            else
                staged.push_back(pairs_[i].target.stage(texts[i]));
        }
        outcome.files.push_back(std::move(result));
    }
    return staged;
}

void Updater::check(const Pair& pair, const StagedFile& staged, std::int64_t revision, const Turn& turn) const {
    if (steps_.check.empty()) return;
    ShellCommand command;
    command.text = with_path(steps_.check, staged.path());
    command.variables = {{"CONFCAST_FILE", pair.target.path().string()},
                         {"CONFCAST_REVISION", std::to_string(revision)}};
    command.limit = steps_.limit;
    command.keep_output = true;
    const Ended ended = run_command(command, turn);
    if (ended.well) return;
    Outcome outcome;
    outcome.code = Exit::failed;
    outcome.error = "the check of " + pair.target.path().string() + ' ' + ended.how +
                    (ended.last_line.empty() ? "" : ": " + one_line(ended.last_line, 300));
    outcome.output = ended.output;
    outcome.may_pass_later = true;
    fail(std::move(outcome));
}

void Updater::reload(std::int64_t revision, const Turn& turn) {
    if (!reload_owed_) return;
    if (!steps_.reload.empty()) {
        ShellCommand command;
        command.text = steps_.reload;
        command.variables = {{"CONFCAST_REVISION", std::to_string(revision)}};
        command.limit = steps_.limit;
        const Ended ended = run_command(command, turn);
        if (!ended.well) throw Stop{Exit::failed, "the reload command " + ended.how};
    }
    reload_owed_ = false;
}

}  // namespace confcast::cli::templates
