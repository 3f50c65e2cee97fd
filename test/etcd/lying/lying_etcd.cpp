#include "lying_etcd.hpp"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace confcast::test {
namespace {

constexpr std::int64_t the_watch = 7;
/// How often somebody who waits looks whether his caller has gone.
constexpr std::chrono::milliseconds look_every{5};

}  // namespace

class LyingEtcd::Kv final : public pb::KV::Service {
  public:
    explicit Kv(LyingEtcd& etcd) : etcd_(etcd) {}

    grpc::Status Range(grpc::ServerContext* context, const pb::RangeRequest* request,
                       pb::RangeResponse* response) override {
        if (!etcd_.begin(Method::range, *context)) return grpc::Status::CANCELLED;
        const std::lock_guard lock(etcd_.mutex_);
        const Revision head = etcd_.lag_ > 0 ? etcd_.lag_ : etcd_.history_.revision();
        if (request->revision() > head)
            return {grpc::StatusCode::OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision"};
        if (request->revision() > 0 && request->revision() < etcd_.history_.compacted())
            return {grpc::StatusCode::OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted"};
        pb::RangeRequest asked = *request;
        if (asked.revision() == 0) asked.set_revision(head);
        *response = etcd_.history_.range(asked);
        *response->mutable_header() = etcd_.header(head);
        return grpc::Status::OK;
    }

    grpc::Status Txn(grpc::ServerContext* context, const pb::TxnRequest* request, pb::TxnResponse* response) override {
        {
            const std::lock_guard lock(etcd_.mutex_);
            *response = etcd_.history_.transact(*request);
            *response->mutable_header() = etcd_.header(etcd_.history_.revision());
            etcd_.changed_.notify_all();
        }
        return etcd_.begin(Method::txn, *context) ? grpc::Status::OK : grpc::Status::CANCELLED;
    }

  private:
    LyingEtcd& etcd_;
};

class LyingEtcd::Watches final : public pb::Watch::Service {
  public:
    explicit Watches(LyingEtcd& etcd) : etcd_(etcd) {}

    grpc::Status Watch(grpc::ServerContext* context,
                       grpc::ServerReaderWriter<pb::WatchResponse, pb::WatchRequest>* stream) override {
        return etcd_.serve(*context, *stream);
    }

  private:
    LyingEtcd& etcd_;
};

class LyingEtcd::Maintenance final : public pb::Maintenance::Service {
  public:
    explicit Maintenance(LyingEtcd& etcd) : etcd_(etcd) {}

    grpc::Status Status(grpc::ServerContext* context, const pb::StatusRequest* /*request*/,
                        pb::StatusResponse* response) override {
        if (!etcd_.begin(Method::status, *context)) return grpc::Status::CANCELLED;
        const std::lock_guard lock(etcd_.mutex_);
        *response->mutable_header() = etcd_.header(etcd_.history_.revision());
        response->set_version("3.4.0-lying");
        return grpc::Status::OK;
    }

  private:
    LyingEtcd& etcd_;
};

LyingEtcd::LyingEtcd()
    : kv_(std::make_unique<Kv>(*this)),
      watch_service_(std::make_unique<Watches>(*this)),
      maintenance_(std::make_unique<Maintenance>(*this)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(kv_.get());
    builder.RegisterService(watch_service_.get());
    builder.RegisterService(maintenance_.get());
    server_ = builder.BuildAndStart();
    if (!server_ || port_ == 0) throw std::runtime_error("no port for the lying etcd");
}

LyingEtcd::~LyingEtcd() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        changed_.notify_all();
    }
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
}

pb::ResponseHeader LyingEtcd::header(Revision revision) const {
    pb::ResponseHeader made;
    made.set_cluster_id(cluster_);
    made.set_member_id(1);
    made.set_revision(revision);
    made.set_raft_term(2);
    return made;
}

bool LyingEtcd::begin(Method method, const grpc::ServerContext& context) {
    std::unique_lock lock(mutex_);
    ++calls_[method];
    while (hanging_.contains(method) && !ending_) {
        changed_.wait_for(lock, look_every);
        if (context.IsCancelled()) return false;
    }
    return true;
}

std::vector<pb::WatchResponse> LyingEtcd::answer(const pb::WatchCreateRequest& create) {
    pb::WatchResponse honest;
    *honest.mutable_header() = header(history_.revision());
    honest.set_watch_id(the_watch);
    honest.set_created(true);
    if (const auto lie = std::exchange(creation_, nullptr)) return lie(std::move(honest));
    std::vector<pb::WatchResponse> answers{std::move(honest)};
    if (create.start_revision() < history_.compacted()) {
        // As etcd 3.4 does: no revision, no reason, and the stream stays open.
        pb::WatchResponse& cancel = answers.emplace_back();
        *cancel.mutable_header() = header(0);
        cancel.set_watch_id(the_watch);
        cancel.set_canceled(true);
        cancel.set_compact_revision(history_.compacted());
    }
    return answers;
}

std::optional<pb::WatchResponse> LyingEtcd::next_of(Watch& watch) {
    if (!watch.said.empty()) {
        pb::WatchResponse said = std::move(watch.said.front());
        watch.said.pop_front();
        return said;
    }
    while (true) {
        auto events = history_.events_from(watch.next, watch.create.key(), watch.create.range_end());
        if (events.empty()) return std::nullopt;
        const Revision revision = events.front().kv().mod_revision();
        watch.next = revision + 1;
        if (lost_.contains(revision)) continue;
        pb::WatchResponse message;
        *message.mutable_header() = header(history_.revision());
        message.set_watch_id(the_watch);
        for (mvccpb::Event& event : events) *message.add_events() = std::move(event);
        return message;
    }
}

grpc::Status LyingEtcd::serve(grpc::ServerContext& context,
                              grpc::ServerReaderWriter<pb::WatchResponse, pb::WatchRequest>& stream) {
    pb::WatchRequest request;
    if (!stream.Read(&request) || !request.has_create_request()) return grpc::Status::OK;
    if (!begin(Method::watch, context)) return grpc::Status::CANCELLED;
    std::unique_lock lock(mutex_);
    Watch& watch = watches_.emplace_back();
    const auto here = std::prev(watches_.end());
    watch.create = request.create_request();
    watch.next = watch.create.start_revision();
    for (pb::WatchResponse& message : answer(watch.create)) {
        if (message.canceled()) watch.next = std::numeric_limits<Revision>::max();
        watch.said.push_back(std::move(message));
    }
    while (!ending_ && !watch.end && !context.IsCancelled()) {
        const auto message = next_of(watch);
        if (!message) {
            changed_.wait_for(lock, look_every);
            continue;
        }
        lock.unlock();
        stream.Write(*message);
        lock.lock();
    }
    const grpc::Status status = watch.end.value_or(grpc::Status::OK);
    watches_.erase(here);
    return status;
}

Revision LyingEtcd::write(const std::vector<std::pair<std::string, std::string>>& puts,
                          const std::vector<std::string>& deletes) {
    const std::lock_guard lock(mutex_);
    const Revision revision = history_.write(puts, deletes);
    if (losing_) lost_.insert(revision);
    changed_.notify_all();
    return revision;
}

Revision LyingEtcd::revision() const {
    const std::lock_guard lock(mutex_);
    return history_.revision();
}

std::map<std::string, std::string> LyingEtcd::contents() const {
    const std::lock_guard lock(mutex_);
    pb::RangeRequest everything;
    everything.set_key(std::string(1, '\0'));
    everything.set_range_end(std::string(1, '\0'));
    const pb::RangeResponse range = history_.range(everything);
    std::map<std::string, std::string> all;
    for (const mvccpb::KeyValue& kv : range.kvs()) all[kv.key()] = kv.value();
    return all;
}

void LyingEtcd::compact(Revision revision) {
    const std::lock_guard lock(mutex_);
    history_.compact(revision);
}

void LyingEtcd::lose_events(bool on) {
    const std::lock_guard lock(mutex_);
    losing_ = on;
}

pb::WatchResponse LyingEtcd::message_of(Revision revision) const {
    const std::lock_guard lock(mutex_);
    pb::WatchResponse message;
    for (mvccpb::Event& event : history_.events_from(revision, std::string(1, '\0'), std::string(1, '\0')))
        *message.add_events() = std::move(event);
    return message;
}

void LyingEtcd::say(pb::WatchResponse message, bool as_it_is) {
    const std::lock_guard lock(mutex_);
    if (!as_it_is) {
        if (message.watch_id() == 0) message.set_watch_id(the_watch);
        if (message.header().cluster_id() == 0) message.mutable_header()->set_cluster_id(cluster_);
        if (message.header().revision() == 0) message.mutable_header()->set_revision(history_.revision());
    }
    for (Watch& watch : watches_) watch.said.push_back(message);
    changed_.notify_all();
}

void LyingEtcd::on_next_create(std::function<std::vector<pb::WatchResponse>(pb::WatchResponse)> lie) {
    const std::lock_guard lock(mutex_);
    creation_ = std::move(lie);
}

void LyingEtcd::break_watches(grpc::Status status) {
    const std::lock_guard lock(mutex_);
    for (Watch& watch : watches_) watch.end = status;
    changed_.notify_all();
}

void LyingEtcd::lag_at(Revision revision) {
    const std::lock_guard lock(mutex_);
    lag_ = revision;
}

void LyingEtcd::hang(Method method, bool on) {
    const std::lock_guard lock(mutex_);
    if (on)
        hanging_.insert(method);
    else
        hanging_.erase(method);
    changed_.notify_all();
}

void LyingEtcd::replace(std::uint64_t cluster, History history) {
    const std::lock_guard lock(mutex_);
    cluster_ = cluster;
    history_ = std::move(history);
    lost_.clear();
    changed_.notify_all();
}

std::size_t LyingEtcd::calls(Method method) const {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(method);
    return found != calls_.end() ? found->second : 0;
}

std::size_t LyingEtcd::open_watches() const {
    const std::lock_guard lock(mutex_);
    return watches_.size();
}

}  // namespace confcast::test
