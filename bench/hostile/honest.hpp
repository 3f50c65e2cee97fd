// The clients for whom the server is there: a few connections that read one key at a fixed rate, one that writes now
// and then, one that listens. A latency counts from the moment at which the request was due, so that a server that
// stands still is not asked less.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "confcast/load/latencies.hpp"
#include "confcast/load/socket.hpp"

namespace confcast::hostile {

struct HonestFigures {
    load::Latencies gets, puts, deliveries;
    std::vector<std::string> failures;

    void add(const HonestFigures& others);
};

class Honest {
  public:
    struct Rates {
        unsigned readers = 4;
        std::chrono::microseconds read_every{10'000};  // each
        std::chrono::microseconds write_every{10'000};
    };

    Honest(load::Endpoint server, bool tls, Rates rates);
    ~Honest();
    Honest(const Honest&) = delete;
    Honest& operator=(const Honest&) = delete;

    /// What has been measured since the last call.
    HonestFigures take();

  private:
    void read();
    void write();
    void listen();
    void fail(const char* who, const std::exception& error);

    load::Endpoint server_;
    bool tls_;
    Rates rates_;
    std::mutex mutex_;
    HonestFigures figures_;
    std::atomic<bool> stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace confcast::hostile
