#include "stores.hpp"

#include "numbers.hpp"

namespace confcast::app {

Result<OpenStore> open_store(Executor executor, const Options& options, const store::Layout& layout, const Clock& clock,
                             Log& log) {
    if (!options.etcd.endpoints.empty()) return open_etcd(executor, options.etcd, layout, log);
    auto embedded = store::EmbeddedStore::open(executor, options.store, clock, log);
    if (!embedded) return embedded.error();
    OpenStore open;
    open.register_metrics = [&store = **embedded](observe::Registry& registry) { register_store(registry, store); };
    open.store = std::move(*embedded);
    return open;
}

}  // namespace confcast::app
