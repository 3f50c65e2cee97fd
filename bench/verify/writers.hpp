// Writers, a thread each. What was acknowledged, refused, or left without an answer goes into the book.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "confcast/load/http.hpp"
#include "confcast/verify/workload.hpp"
#include "court.hpp"

namespace confcast::verify {

class Writers {
  public:
    /// `rate`: writes a second of all of them together; 0 = as fast as they are answered.
    Writers(const load::Endpoint& endpoint, Court& court, const Keys& keys, Dice dice, std::size_t count, double rate);
    ~Writers() { stop(); }
    Writers(const Writers&) = delete;
    Writers& operator=(const Writers&) = delete;
    void stop();

  private:
    struct Outcome {
        WriteBook::Outcome outcome = WriteBook::Outcome::unknown;
        Revision revision = 0;
        bool applied = true;
        std::vector<std::string> deleted;
    };

    void work(Writes writes, std::chrono::nanoseconds pause);
    static Outcome write(load::HttpClient& http, const Operation& operation);
    static Outcome judge(const load::HttpResponse& response, const Operation& operation);

    load::Endpoint endpoint_;
    Court& court_;
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> threads_;
};

}  // namespace confcast::verify
