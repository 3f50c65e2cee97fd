// Drives the two probes of an endpoint: when and what, EndpointSet says.
#pragma once

#include <memory>

#include "core.hpp"

namespace confcast::etcd {

/// Lives until the core is closed or it is cancelled.
Awaitable<> run_probe(std::shared_ptr<Core> core, std::size_t endpoint, Probe probe);

/// Connects to HOST:PORT and hangs up; why that failed, or nothing.
Awaitable<std::string> try_to_connect(Executor executor, std::string name, std::chrono::milliseconds timeout);

}  // namespace confcast::etcd
