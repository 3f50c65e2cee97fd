// A client of confcast: calls as coroutines, and one stream for any number of subscriptions.
//
// Everything runs on the caller's io_context, in its one thread; nothing here is thread-safe, and no thread is started
// (Asio itself starts one when a server is given by a name that must be looked up).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "confcast/base/async.hpp"
#include "confcast/client/calls.hpp"
#include "confcast/client/filters.hpp"
#include "confcast/client/options.hpp"

namespace confcast::client {

/// Called on the loop, never from inside a call of the client. It may call the client, and end its own subscription.
/// What it throws is reported to the server as `failed` when Options::ack is set; the stream goes on.
using Callback = std::function<void(const Change&)>;

class ClientImpl;

/// Ends the subscription when it is destroyed. May outlive the client.
class Subscription {
  public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept : impl_(std::move(other.impl_)), id_(std::exchange(other.id_, 0)) {}
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription() { cancel(); }

    /// The callback is not called again. Idempotent.
    void cancel();
    bool active() const { return id_ != 0; }

  private:
    friend class Client;
    Subscription(std::weak_ptr<ClientImpl> impl, std::uint64_t id) : impl_(std::move(impl)), id_(id) {}
    std::weak_ptr<ClientImpl> impl_;
    std::uint64_t id_ = 0;
};

/// What became of a change: for programs that apply it later than in their callback.
struct Ack {
    Revision revision = 0;
    bool failed = false;
    std::string key{};
    std::string error{};
};

/// Destroying it is close(). The io_context lives longer.
class Client {
  public:
    /// Throws std::invalid_argument when the options make no sense (a server that is no address). Connects to nothing
    /// until it is asked.
    explicit Client(asio::io_context& io, Options options = {}) : Client(io.get_executor(), std::move(options)) {}
    Client(Executor executor, Options options);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    // Each call ends at its time limit at the latest, and when the awaiting coroutine is cancelled (FailureKind::
    // cancelled). What is passed need not outlive the call. A read is tried on the next server when one fails; a write
    // only when it cannot have been done.

    Awaitable<Result<Found>> get(const std::string& key, const GetOptions& options = {});
    /// All pages, of one revision. Started again (twice at most) when that revision is compacted meanwhile.
    Awaitable<Result<Listing>> list(std::string prefix, ListOptions options = {});
    /// One page; `cursor` is "" or the next_cursor of the page before.
    Awaitable<Result<ListPage>> list_page(const std::string& prefix, const std::string& cursor,
                                          const ListOptions& options = {});
    Awaitable<Result<Written>> put(const std::string& key, const std::string& value, const PutOptions& options = {});
    Awaitable<Result<Written>> remove(const std::string& key, const DeleteOptions& options = {});
    Awaitable<Result<TxnDone>> txn(const Txn& txn, const TxnOptions& options = {});
    /// An event that is no setting, to those who listen to the topic now (docs/notifications.md). `payload` is JSON
    /// text, else `invalid`. The same topic and event id are told once, so it may be sent again after any failure.
    Awaitable<Result<Notified>> notify(const std::string& topic, const std::string& event_id,
                                       const std::string& payload, const NotifyOptions& options = {});
    /// Any request; an answer of any status is a success here. Tried on another server like the calls above (GET and
    /// HEAD are reads).
    Awaitable<Result<RawResponse>> raw(RawRequest request);

    /// `callback` is called once with what matches now, and then with each change, in order, each once, a revision's
    /// matching events together. Restarts of the server do not show, but for Status. Fails with `invalid` on a filter
    /// that breaks the rules, or on one too many.
    [[nodiscard]] Result<Subscription> watch(const Filters& filters, Callback callback);
    /// The changes after `since` (a Change or a Listing has said it) and no call before them: for who knows the state.
    /// A change may be a delete of what was never there for this client. If the changes can no longer be told, one call
    /// has the state itself as puts (Cause::snapshot). Only for the first and only subscription of a client: else
    /// `invalid`; so is a position without epoch or revision.
    [[nodiscard]] Result<Subscription> watch_since(const Filters& filters, Callback callback, Position since);

    Status status() const;
    /// Tries again now: after `failed`, or without waiting for the backoff's end.
    void reconnect();
    /// From now on; a stream that was refused for its token tries again.
    void set_token(std::string token);
    /// Tells the server what became of a change. Lost when there is no stream.
    void ack(const Ack& ack);

    /// Ends the stream and all calls (`cancelled`), and no callback comes after this. Writes the last-known-good file
    /// when there is something new. Idempotent.
    void close();

  private:
    std::shared_ptr<ClientImpl> impl_;
};

}  // namespace confcast::client
