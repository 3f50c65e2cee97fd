// The limit of etcd behind a server: etcd alone, called from one process over one channel. `--puts` keeps so many puts
// under way and prints puts a second; `--events` puts one key again and again, each after the watch has told of the one
// before, and prints the median of microseconds from put to event.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "etcd/rpc.grpc.pb.h"

namespace {

using Clock = std::chrono::steady_clock;

class Puts {
  public:
    Puts(const std::shared_ptr<grpc::Channel>& channel, std::size_t value)
        : stub_(etcdserverpb::KV::NewStub(channel)), value_(value, 'x') {}

    double per_second(std::size_t at_once, double seconds) {
        end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
        const auto began = Clock::now();
        for (std::size_t i = 0; i < at_once; ++i) {
            ++under_way_;
            put(i);
        }
        std::unique_lock lock(mutex_);
        idle_.wait(lock, [this] { return under_way_ == 0; });
        return static_cast<double>(done_) / std::chrono::duration<double>(Clock::now() - began).count();
    }

  private:
    struct Call {
        grpc::ClientContext context;
        etcdserverpb::TxnRequest request;
        etcdserverpb::TxnResponse response;
    };

    void put(std::size_t number) {
        auto* call = new Call;
        auto* put = call->request.add_success()->mutable_request_put();
        put->set_key("/bench/raw/" + std::to_string(number % 4096));
        put->set_value(value_);
        stub_->async()->Txn(&call->context, &call->request, &call->response,
                            [this, call, number](const grpc::Status& status) {
                                delete call;
                                if (!status.ok()) {
                                    std::fprintf(stderr, "raw_etcd: %s\n", status.error_message().c_str());
                                    std::_Exit(1);
                                }
                                ++done_;
                                if (Clock::now() < end_) return this->put(number + 64);
                                const std::scoped_lock lock(mutex_);
                                if (--under_way_ == 0) idle_.notify_one();
                            });
    }

    std::unique_ptr<etcdserverpb::KV::Stub> stub_;
    std::string value_;
    Clock::time_point end_;
    std::atomic<std::uint64_t> done_ = 0;
    std::atomic<std::size_t> under_way_ = 0;
    std::mutex mutex_;
    std::condition_variable idle_;
};

double event_median_us(const std::shared_ptr<grpc::Channel>& channel, std::size_t count, std::size_t value) {
    const auto kv = etcdserverpb::KV::NewStub(channel);
    const auto watching = etcdserverpb::Watch::NewStub(channel);
    grpc::ClientContext context;
    const auto stream = watching->Watch(&context);
    etcdserverpb::WatchRequest wanted;
    wanted.mutable_create_request()->set_key("/bench/event");
    stream->Write(wanted);
    etcdserverpb::WatchResponse response;
    stream->Read(&response);
    etcdserverpb::TxnRequest request;
    auto* put = request.add_success()->mutable_request_put();
    put->set_key("/bench/event");
    put->set_value(std::string(value, 'x'));
    std::vector<double> all;
    for (std::size_t i = 0; i < count; ++i) {
        grpc::ClientContext call;
        etcdserverpb::TxnResponse answer;
        std::promise<void> answered;
        const auto began = Clock::now();
        kv->async()->Txn(&call, &request, &answer, [&answered](const grpc::Status&) { answered.set_value(); });
        do {
            if (!stream->Read(&response)) std::_Exit(1);
        } while (response.events_size() == 0);
        all.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
        answered.get_future().wait();
    }
    context.TryCancel();
    std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(count / 2));
    return all[count / 2];
}

}  // namespace

int main(int argc, char** argv) {
    std::string endpoint = "127.0.0.1:2379";
    double seconds = 2;
    std::size_t puts = 0;
    std::size_t events = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string flag = argv[i];
        if (flag == "--endpoint")
            endpoint = argv[i + 1];
        else if (flag == "--seconds")
            seconds = std::strtod(argv[i + 1], nullptr);
        else if (flag == "--puts")
            puts = std::strtoul(argv[i + 1], nullptr, 10);
        else if (flag == "--events")
            events = std::strtoul(argv[i + 1], nullptr, 10);
    }
    if (argc % 2 == 0 || puts + events == 0) {
        std::fprintf(stderr, "usage: raw_etcd --endpoint HOST:PORT (--puts AT_ONCE [--seconds S] | --events COUNT)\n");
        return 2;
    }
    const auto channel = grpc::CreateChannel(endpoint, grpc::InsecureChannelCredentials());
    std::printf("%.1f\n",
                puts > 0 ? Puts(channel, 256).per_second(puts, seconds) : event_median_us(channel, events, 256));
    return 0;
}
