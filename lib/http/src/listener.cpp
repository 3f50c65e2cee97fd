#include "listener.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "response_head.hpp"
#include "send_now.hpp"

namespace confcast::http {
namespace {

using boost::system::error_code;

// Kept free of the descriptor limit for the store, logs and what else the process opens.
constexpr std::size_t spare_descriptors = 64;
// Connections over the limit that are told so at the same time; beyond it they are closed without a word.
constexpr std::size_t max_turned_away = 32;
constexpr std::chrono::milliseconds back_off{50};
constexpr int refusals_per_turn = 64;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
// Connections come in handfuls rather than one by one with a timer between each two.
constexpr std::chrono::milliseconds shortest_pause{5};

std::size_t limit_of_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 1U << 20U;
    return limit.rlim_cur > 2 * spare_descriptors ? limit.rlim_cur - spare_descriptors : limit.rlim_cur / 2;
}

Error cannot(std::string_view what, const error_code& ec) {
    return Error(Errc::invalid_parameter).with("reason", std::string(what) + ": " + ec.message());
}

Result<asio::ip::tcp::endpoint> endpoint_of(const Executor& executor, std::string host, std::uint16_t port) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    if (!ec) return asio::ip::tcp::endpoint(address, port);
    // A name: asked once, before anything runs on the loop.
    asio::ip::basic_resolver<asio::ip::tcp, Executor> resolver(executor);
    const auto found = resolver.resolve(host, std::to_string(port), asio::ip::resolver_base::passive, ec);
    if (ec || found.empty()) return cannot("cannot find the address of " + host, ec);
    return found.begin()->endpoint();
}

bool out_of_descriptors(const error_code& ec) {
    return ec == boost::system::errc::too_many_files_open || ec == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

Listener::Listener(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)),
      acceptor_(shared_->executor),
      pause_(shared_->executor),
      pace_(shared_->options.accept_rate, shared_->options.accept_burst) {}

Listener::~Listener() {
    if (reserve_ >= 0) ::close(reserve_);
}

void Listener::take_limits() {
    const auto& o = shared_->options;
    max_connections_ = o.max_connections > 0 ? o.max_connections : limit_of_descriptors();
    max_per_address_ = o.max_connections_per_address > 0
                           ? o.max_connections_per_address
                           : std::max<std::size_t>(1, max_connections_ - max_connections_ / 4);
    pace_ = Pace(o.accept_rate, o.accept_burst);
}

Result<> Listener::open() {
    take_limits();
    Result<> opened = shared_->options.descriptor >= 0 ? adopt() : bind();
    if (!opened) {
        close();
        return opened;
    }
    error_code ec;
    port_ = acceptor_.local_endpoint(ec).port();
    // What is accepted has it from the listener (Linux): a system call less for each.
    acceptor_.set_option(asio::ip::tcp::no_delay(true), ec);
    open_reserve();
    return {};
}

Result<> Listener::bind() {
    const auto& o = shared_->options;
    const auto endpoint = endpoint_of(shared_->executor, o.host, o.port);
    if (!endpoint) return endpoint.error();
    const std::string where = o.host + ":" + std::to_string(o.port);
    error_code ec;
    acceptor_.open(endpoint->protocol(), ec);
    if (ec) return cannot("cannot open a socket for " + where, ec);
    acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec && o.reuse_port) acceptor_.set_option(ReusePort(true), ec);
    if (!ec) acceptor_.bind(*endpoint, ec);
    if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) return cannot("cannot listen on " + where, ec);
    return {};
}

Result<> Listener::adopt() {
    const int descriptor = shared_->options.descriptor;
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    error_code ec;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0)  // as the system wants it
        ec = {errno, boost::system::system_category()};
    else
        acceptor_.assign(address.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), descriptor, ec);
    if (ec) return cannot("cannot take the socket that was given", ec);
    return {};
}

void Listener::open_reserve() { reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

void Listener::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

// Ends when close() was called or the coroutine is cancelled; no error of accept() ends it.
Awaitable<> Listener::run() {
    const std::string answer = co_await refusal();
    while (acceptor_.is_open()) {
        co_await wait_for_turn();
        if (!acceptor_.is_open()) co_return;
        asio::ip::tcp::endpoint peer;
        auto [ec, socket] = co_await acceptor_.async_accept(peer, as_result);
        if (!ec) {
            take(std::move(socket), peer);
            continue;
        }
        if (ec == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
        ++shared_->stats.accept_errors;
        const std::string reason = ec.message();
        shared_->log.warning("http", "accept failed", {{"error", reason}});
        // A client that left before it was accepted costs nothing; everything else gets time to pass.
        if (ec == asio::error::connection_aborted) continue;
        if (out_of_descriptors(ec)) refuse_from_reserve(answer);
        pause_.expires_after(back_off);
        [[maybe_unused]] const auto [paused] = co_await pause_.async_wait(as_result);
    }
}

// Who comes too fast waits in the kernel's queue: thousands that come back at once are served in turn, and between them
// those that are there already.
Awaitable<> Listener::wait_for_turn() {
    if (pace_.wait(shared_->clock.now()) == SteadyTime::duration::zero()) co_return;
    ++shared_->stats.accept_pauses;
    while (acceptor_.is_open()) {
        const auto wait = pace_.wait(shared_->clock.now());
        if (wait == SteadyTime::duration::zero()) co_return;
        pause_.expires_after(std::max<SteadyTime::duration>(wait, shortest_pause));
        const auto [paused] = co_await pause_.async_wait(as_result);
        if (paused) co_return;
    }
}

void Listener::take(Socket socket, const asio::ip::tcp::endpoint& peer) {
    pace_.begin(shared_->clock.now());
    std::optional<Error> refused = refusal_for(peer.address());
    if (refused && shared_->turning_away >= max_turned_away) {
        ++shared_->stats.refused_connections;
        return;
    }
    start_connection(std::make_unique<Connection>(shared_, std::move(socket), peer, std::move(refused)));
}

std::optional<Error> Listener::refusal_for(const asio::ip::address& address) const {
    const auto too_many = [](Errc code, std::size_t limit) {
        return Error(code).with("limit", static_cast<std::int64_t>(limit));
    };
    if (shared_->stats.connections >= max_connections_) return too_many(Errc::too_many_connections, max_connections_);
    if (shared_->addresses.of(address) >= max_per_address_)
        return too_many(Errc::too_many_from_address, max_per_address_);
    return std::nullopt;
}

void Listener::refuse_from_reserve(std::string_view answer) {
    if (reserve_ >= 0) ::close(reserve_);
    reserve_ = -1;
    for (int i = 0; i < refusals_per_turn; ++i) {
        const int client = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) break;
        ++shared_->stats.refused_connections;
        const std::string_view pieces[] = {answer};
        if (!shared_->tls) send_now(client, pieces);
        ::shutdown(client, SHUT_WR);
        // What has come already is read, so that the close is no reset that takes the answer away.
        char dropped[4096];
        while (::recv(client, dropped, sizeof dropped, MSG_DONTWAIT) > 0) {
        }
        ::close(client);
    }
    open_reserve();
}

/// Made while there is memory and a descriptor for it.
Awaitable<std::string> Listener::refusal() {
    Request request;
    Response response = co_await shared_->refusal(request, Errc::too_many_connections);
    if (!response.header("Retry-After")) response.set("Retry-After", "1");
    std::string bytes;
    append_head(bytes, response, {11, true, shared_->date_at(shared_->clock.now()), shared_->options.standing_headers});
    bytes += response.body_view();
    co_return bytes;
}

}  // namespace confcast::http
