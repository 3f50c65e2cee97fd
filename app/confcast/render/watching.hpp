// When to render: what to watch for the templates, and how long to wait for changes that come together.
#pragma once

#include <chrono>
#include <optional>

#include "confcast/base/async.hpp"
#include "confcast/client/filters.hpp"
#include "template.hpp"

namespace confcast::cli::templates {

/// Filters that match all that may be read, at most `most` of them: nothing twice, and when there are too many the
/// longest become the path that they are under. Precondition: `uses` is not empty, `most` is not 0.
client::Filters filters_for(const Uses& uses, std::size_t most);

/// Whether something is due: changed, and quiet for `wait`; after four times that it is due in any case.
class Quiet {
  public:
    explicit Quiet(std::chrono::milliseconds wait) : wait_(wait) {}

    /// Something changed. The first time there is nothing to wait for.
    void on_change(SteadyTime now);
    /// When it is due; nullopt when nothing is.
    std::optional<SteadyTime> due() const;
    void done() { changed_first_.reset(); }

  private:
    std::chrono::milliseconds wait_;
    bool begun_ = false;
    std::optional<SteadyTime> changed_first_;
    SteadyTime changed_last_;
    std::chrono::milliseconds waits_{0};
};

}  // namespace confcast::cli::templates
