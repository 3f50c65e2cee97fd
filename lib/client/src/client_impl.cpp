#include "client_impl.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <random>
#include <stdexcept>

#include "requests.hpp"
#include "tls.hpp"

namespace confcast::client {
namespace {

std::vector<Endpoint> endpoints_of(const Options& options) {
    if (options.servers.empty()) throw std::invalid_argument("Options::servers names no server");
    std::vector<Endpoint> endpoints;
    for (const std::string& server : options.servers) {
        const Result<Endpoint> endpoint = parse_endpoint(server);
        if (!endpoint) throw std::invalid_argument(endpoint.error().message);
        endpoints.push_back(*endpoint);
    }
    return endpoints;
}

std::shared_ptr<Tls> tls_of(const Options& options, const Endpoints& endpoints) {
    bool wanted = false;
    for (std::size_t i = 0; i < endpoints.size(); ++i) wanted |= endpoints[i].tls;
    if (!wanted) return nullptr;
    const auto tls = make_tls(options);
    if (!tls) throw std::invalid_argument(tls.error().message);
    return *tls;
}

MachineOptions machine_options_of(const Options& options, std::shared_ptr<Credential> credential) {
    MachineOptions machine;
    machine.backoff_min = options.backoff_min;
    machine.backoff_max = options.backoff_max;
    machine.healthy_after = options.healthy_after;
    machine.servers = options.servers.size();
    machine.max_filters = options.max_filters;
    machine.query_bytes = watch_query_room(options);
    machine.ack = options.ack;
    machine.credential = std::move(credential);
    machine.on_status = options.on_status;
    const auto random = std::make_shared<std::mt19937_64>(std::random_device{}());
    machine.random = [random] { return std::uniform_real_distribution<double>(0, 1)(*random); };
    return machine;
}

constexpr std::chrono::milliseconds quiet_moment{300};

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

ClientImpl::ClientImpl(Executor executor, Options options)
    : executor_(executor),
      options_(std::move(options)),
      endpoints_(endpoints_of(options_)),
      tls_(tls_of(options_, endpoints_)),
      credential_(std::make_shared<Credential>(options_.token, options_.token_source)),
      requester_(executor, options_, endpoints_, tls_, credential_),
      machine_(machine_options_of(options_, credential_)),
      keeper_(machine_, options_.last_known_good, options_.save_every),
      waker_(executor),
      saver_(executor),
      quiet_(executor) {}

// ---- the user

Result<std::uint64_t> ClientImpl::watch(const Filters& filters, Callback callback, std::optional<Position> since) {
    Result<std::uint64_t> id = since ? machine_.watch_since(filters, std::move(callback), std::move(*since))
                                     : machine_.watch(filters, std::move(callback));
    if (!id) return id;
    flush();
    asio::post(executor_, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->start();
    });
    return id;
}

void ClientImpl::start() {
    if (closed_) return;
    machine_.deliver_due();
    flush();
    if (running_ || !machine_.wanted()) return;
    running_ = true;
    asio::co_spawn(executor_, run(shared_from_this()), asio::detached);
}

void ClientImpl::unwatch(std::uint64_t id) {
    machine_.unwatch(id);
    flush();
    if (!machine_.wanted()) end_stream();
}

void ClientImpl::reconnect() { wake(); }

void ClientImpl::set_token(std::string token) {
    credential_->set(std::move(token));
    machine_.authenticate();
    flush();
    if (machine_.status().state == StreamState::failed) wake();
}

void ClientImpl::ack(const Ack& ack) {
    machine_.ack(ack);
    flush();
}

void ClientImpl::close() {
    if (std::exchange(closed_, true)) return;
    keeper_.close();
    machine_.silence();
    saver_.cancel();
    quiet_.cancel();
    requester_.close();
    end_stream();
}

void ClientImpl::end_stream() {
    leaving_ = true;
    if (socket_) socket_->close(1000);
    wake();
}

void ClientImpl::wake() {
    woken_ = true;
    waker_.notify_all();
}

void ClientImpl::flush() {
    if (closed_) return;
    if (socket_)
        for (std::string& text : machine_.take_outbox()) socket_->send(std::move(text));
    const auto later = keeper_.save(now());
    if (!later || saving_) return;
    saving_ = true;
    saver_.expires_at(*later);
    saver_.async_wait([weak = weak_from_this()](boost::system::error_code) {
        const auto self = weak.lock();
        if (!self) return;
        self->saving_ = false;
        self->flush();
    });
}

// ---- the stream

Awaitable<> ClientImpl::run(std::shared_ptr<ClientImpl> self) {
    if (!std::exchange(self->loaded_, true)) self->keeper_.load();
    while (!self->closed_ && self->machine_.wanted()) {
        self->leaving_ = self->woken_ = false;
        const std::size_t server = self->endpoints_.current();
        Opening opening = self->machine_.begin(self->endpoints_[server].to_string());
        if (self->leaving_) continue;  // a callback has thought better of it
        Ending ending = co_await self->read_stream(std::move(opening), server);
        self->socket_.reset();
        if (self->leaving_) continue;
        const Next next = self->machine_.on_ended(std::move(ending), now());
        self->endpoints_.pass_over(server);
        if (self->closed_ || !self->machine_.wanted()) break;
        co_await self->wait(next.again ? std::optional(next.delay) : std::nullopt);
    }
    self->running_ = false;
    if (!self->closed_) self->machine_.on_idle();
}

Awaitable<Ending> ClientImpl::read_stream(Opening opening, std::size_t server) {
    WebSocketSetup setup;
    setup.target = watch_target(opening, options_);
    setup.headers = requester_.headers();
    setup.max_message = options_.max_message;
    setup.handshake_timeout = options_.handshake_timeout;
    setup.silence_timeout = options_.silence_timeout;
    const auto socket = std::make_shared<WebSocketConnection>(executor_, endpoints_[server], std::move(setup), tls_);
    socket_ = socket;
    const Result<> opened = co_await socket->open(now() + options_.connect_timeout);
    if (!opened) co_return Ending{opened.error(), 0};
    for (;;) {
        std::variant<std::string, Ending> heard = co_await socket->read();
        if (auto* ending = std::get_if<Ending>(&heard)) co_return std::move(*ending);
        if (leaving_) continue;  // until the closing handshake is done
        const Result<> taken = machine_.on_message(std::get<std::string>(heard), now());
        if (!taken) {
            socket->close(1002);
            co_return Ending{taken.error(), 0};
        }
        flush();
        if (machine_.catching_up()) expect_quiet();
    }
}

void ClientImpl::expect_quiet() {
    quiet_.expires_after(quiet_moment);  // of a stream before this one nothing is expected any more
    quiet_.async_wait([weak = weak_from_this(), of = std::weak_ptr(socket_)](boost::system::error_code error) {
        const auto self = weak.lock();
        if (error || !self || of.expired() || of.lock() != self->socket_) return;
        self->machine_.on_quiet(now());
        self->flush();
    });
}

Awaitable<> ClientImpl::wait(std::optional<milliseconds> delay) {
    if (woken_) co_return;
    if (delay)
        co_await waker_.wait_until(now() + *delay);
    else
        co_await waker_.wait();
}

}  // namespace confcast::client
