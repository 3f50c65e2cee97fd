// In place of etcd_engine.cpp in a build without etcd.
#include "stores.hpp"

namespace confcast::app {

Result<OpenStore> open_etcd(Executor, const EtcdSetup&, const store::Layout&, Log&) {
    return Error(Errc::invalid_parameter).with("reason", "this confcastd was built without etcd (CONFCAST_ETCD=OFF)");
}

}  // namespace confcast::app
