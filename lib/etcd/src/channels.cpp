#include "channels.hpp"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

namespace confcast::etcd {
namespace {

int to_ms(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

std::shared_ptr<grpc::ChannelCredentials> credentials_of(const TlsOptions& tls) {
    if (tls.ca.empty()) return grpc::InsecureChannelCredentials();
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = tls.ca;
    ssl.pem_cert_chain = tls.certificate;
    ssl.pem_private_key = tls.key;
    return grpc::SslCredentials(ssl);
}

grpc::ChannelArguments arguments_of(const EtcdOptions& options) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(options.max_receive_bytes);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, to_ms(options.keepalive_time));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, to_ms(options.keepalive_timeout));
    // Else the pings of an idle stream stop after two, and a frozen peer goes unnoticed.
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    // gRPC's own back-off goes up to two minutes; how often we ask is the feed's business.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, to_ms(options.dial_timeout));
    // Else two channels to one address share a connection, and a large watch answer delays the calls.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return arguments;
}

}  // namespace

CallStubs::CallStubs(std::shared_ptr<grpc::Channel> through)
    : channel(std::move(through)),
      kv(pb::KV::NewStub(channel)),
      lease(pb::Lease::NewStub(channel)),
      maintenance(pb::Maintenance::NewStub(channel)),
      auth(pb::Auth::NewStub(channel)) {}

Channels::Channels(const EtcdOptions& options) : options_(options) {
    for (const std::string& name : options.endpoints) endpoints_.push_back({name, nullptr, nullptr});
}

std::shared_ptr<grpc::Channel> Channels::connect(const Endpoint& endpoint) const {
    return grpc::CreateCustomChannel("dns:///" + endpoint.name, credentials_of(options_.tls), arguments_of(options_));
}

CallStubs& Channels::calls(std::size_t endpoint) {
    Endpoint& one = endpoints_[endpoint];
    if (!one.calls) one.calls = std::make_unique<CallStubs>(connect(one));
    return *one.calls;
}

pb::Watch::Stub& Channels::watch(std::size_t endpoint) {
    Endpoint& one = endpoints_[endpoint];
    if (!one.watch) one.watch = pb::Watch::NewStub(connect(one));
    return *one.watch;
}

bool Channels::connected(std::size_t endpoint) { return calls(endpoint).channel->GetState(true) == GRPC_CHANNEL_READY; }

void mark(grpc::ClientContext& context, const std::string& token) {
    context.AddMetadata("hasleader", "true");
    if (!token.empty()) context.AddMetadata("token", token);
}

}  // namespace confcast::etcd
