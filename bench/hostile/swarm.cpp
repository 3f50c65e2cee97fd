#include "swarm.hpp"

#include <sched.h>
#include <unistd.h>
#include <algorithm>

#include <array>
#include <deque>
#include <system_error>

#include "confcast/load/poller.hpp"

namespace confcast::hostile {
namespace {

using load::Clock;
constexpr std::size_t connects_at_once = 64;

struct Attacker {
    load::Socket socket;
    std::size_t number = 0;
    std::string unsent;
    std::string first;  // bytes of the answer, as far as its status
    bool connected = false;
    bool answered = false;
};

class Swarm {
  public:
    Swarm(const load::Endpoint& server, const Plan& plan) : server_(server), plan_(plan), attackers_(plan.connections) {
        for (std::size_t i = 0; i < attackers_.size(); ++i) idle_.push_back(i);
    }

    Tally run(const std::atomic<bool>& stop) {
        auto drip = Clock::now();
        while (!stop && !done()) {
            open_some();
            for (const auto& event : poller_.wait(20)) {
                const std::size_t which = event.data.u64;
                if (attackers_[which].socket.is_open()) serve(which, event.events);
            }
            if (plan_.drip != '\0' && Clock::now() >= drip) {
                for (auto& it : attackers_)
                    if (it.connected) [[maybe_unused]]
                        const auto sent = it.socket.write_some({&plan_.drip, 1});
                drip += std::chrono::seconds{1};
            }
        }
        return tally_;
    }

  private:
    bool done() const { return plan_.most > 0 && tally_.made >= plan_.most && open_ == 0; }

    void open_some() {
        for (std::size_t i = 0; i < connects_at_once && !idle_.empty(); ++i) {
            if (plan_.most > 0 && tally_.made >= plan_.most) return;
            const std::size_t which = idle_.front();
            idle_.pop_front();
            try {
                Attacker fresh;
                fresh.socket = load::Socket::start_connect(server_);
                fresh.number = tally_.made++;
                poller_.add(fresh.socket.fd(), which, EPOLLOUT | EPOLLIN);
                attackers_[which] = std::move(fresh);
                tally_.most_open = std::max(tally_.most_open, ++open_);
            } catch (const std::system_error&) {
                ++tally_.failed;
                idle_.push_back(which);
                return;
            }
        }
    }

    void end(std::size_t which) {
        // What a real attacker would do too: without it the ports of this machine run out first.
        attackers_[which].socket.reset_on_close();
        attackers_[which] = {};
        idle_.push_back(which);
        --open_;
    }

    void serve(std::size_t which, std::uint32_t events) {
        Attacker& it = attackers_[which];
        if (!it.connected) {
            if (it.socket.connect_error() != 0) {
                ++tally_.failed;
                end(which);
                return;
            }
            if ((events & (EPOLLOUT | EPOLLIN)) == 0) return;
            it.connected = true;
            if (plan_.greeting) it.unsent = plan_.greeting(it.number);
        }
        send(which);
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(which);
    }

    void send(std::size_t which) {
        Attacker& it = attackers_[which];
        while (!it.unsent.empty()) {
            const auto n = it.socket.write_some(it.unsent);
            if (!n) break;  // gone: what it said is still to be read
            if (*n == 0) return;
            it.unsent.erase(0, *n);
        }
        poller_.modify(it.socket.fd(), which, EPOLLIN);
    }

    void receive(std::size_t which) {
        Attacker& it = attackers_[which];
        std::array<char, 16'384> buffer;
        for (;;) {
            const auto n = it.socket.read_some(buffer);
            if (!n) return;
            if (*n == 0) {
                ++tally_.ended;
                end(which);
                return;
            }
            if (it.answered) {
                note_close({buffer.data(), *n});
                continue;
            }
            it.first.append(buffer.data(), *n);
            if (it.first.size() < 12) continue;
            it.answered = true;
            note(it.first);
            if (plan_.after_answer) {
                it.unsent = plan_.after_answer(it.number);
                send(which);
                if (!it.unsent.empty()) poller_.modify(it.socket.fd(), which, EPOLLIN | EPOLLOUT);
            }
        }
    }

    void note(const std::string& bytes) {
        const bool is_http = bytes.starts_with("HTTP/1.1 ");
        ++tally_.answers[is_http ? bytes.substr(9, 3) : std::string("other")];
        if (bytes.find("permessage-deflate") != std::string::npos) ++tally_.answers["COMPRESSION NEGOTIATED"];
    }
    void note_close(std::string_view bytes) {
        const auto at = bytes.rfind('\x88');
        if (at == std::string_view::npos || at + 4 > bytes.size()) return;
        const auto code = (static_cast<unsigned char>(bytes[at + 2]) << 8U) | static_cast<unsigned char>(bytes[at + 3]);
        if (code >= 1000 && code < 5000) ++tally_.answers["close " + std::to_string(code)];
    }

    const load::Endpoint& server_;
    const Plan& plan_;
    load::Poller poller_;
    std::deque<Attacker> attackers_;
    std::deque<std::size_t> idle_;
    std::size_t open_ = 0;
    Tally tally_;
};

}  // namespace

void Tally::add(const Tally& others) {
    made += others.made;
    most_open = std::max(most_open, others.most_open);
    failed += others.failed;
    ended += others.ended;
    for (const auto& [what, count] : others.answers) answers[what] += count;
}

Tally attack(const load::Endpoint& server, const Plan& plan, bool idle, const std::atomic<bool>& stop) {
    const sched_param none{};
    if (idle) ::sched_setscheduler(::gettid(), SCHED_IDLE, &none);  // this thread
    return Swarm(server, plan).run(stop);
}

}  // namespace confcast::hostile
