#include "keeper.hpp"

#include "last_known_good.hpp"

namespace confcast::client {

void Keeper::load() {
    if (!path_) return;
    auto saved = load_saved(*path_);
    if (!saved)
        machine_.warn(saved.error());
    else if (*saved)
        machine_.offer(std::move(**saved));
}

std::optional<SteadyTime> Keeper::save(SteadyTime now) {
    if (!path_ || !machine_.worth_saving()) return std::nullopt;
    if (last_ && now - *last_ < least_) return *last_ + least_;
    last_ = now;
    write(false);
    return std::nullopt;
}

void Keeper::close() {
    if (path_) write(true);
}

void Keeper::write(bool closing) {
    const auto saved = machine_.take_saved(closing);
    if (!saved) return;
    const Result<> stored = store_saved(*path_, *saved);
    if (stored) {
        complaint_.clear();
        return;
    }
    machine_.keep_unsaved();
    if (closing || stored.error().message == complaint_) return;
    complaint_ = stored.error().message;
    machine_.warn(stored.error());
}

}  // namespace confcast::client
