// What the rooms count, under names that Prometheus reads. The one place that knows both.
#pragma once

#include "access_control.hpp"
#include "confcast/api/api.hpp"
#include "confcast/base/log.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/http/server.hpp"
#include "confcast/observe/metrics.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/store/embedded.hpp"
#include "memory_budget.hpp"

namespace confcast::app {

/// Each registers how to read the object's numbers; the object outlives the registry's last exposition.
void register_build(observe::Registry& registry, const std::string& version);
void register_feed(observe::Registry& registry, const feed::Feed& feed, const Clock& clock);
void register_access(observe::Registry& registry, const AccessControl& access, const MemoryBudget& memory);
void register_api(observe::Registry& registry, const api::Api& api);
void register_hub(observe::Registry& registry, const push::Hub& hub);
void register_server(observe::Registry& registry, const http::Server& server);
void register_store(observe::Registry& registry, const store::EmbeddedStore& store);
/// Each endpoint of a store in the network.
void register_endpoints(observe::Registry& registry, const store::Store& store);
void register_log(observe::Registry& registry, const Log& log);

}  // namespace confcast::app
