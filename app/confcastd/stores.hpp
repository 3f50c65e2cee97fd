// The one place that knows the engines: opens the store that the command line names.
#pragma once

#include <functional>
#include <memory>

#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "confcast/observe/metrics.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/store/store.hpp"
#include "options.hpp"

namespace confcast::app {

struct OpenStore {
    std::unique_ptr<store::Store> store;
    /// What this engine counts; the store outlives the registry's last exposition.
    std::function<void(observe::Registry&)> register_metrics;
};

/// Error: invalid_parameter with detail "reason".
Result<OpenStore> open_store(Executor executor, const Options& options, const store::Layout& layout, const Clock& clock,
                             Log& log);
/// For open_store(). A build without etcd refuses.
Result<OpenStore> open_etcd(Executor executor, const EtcdSetup& setup, const store::Layout& layout, Log& log);

}  // namespace confcast::app
