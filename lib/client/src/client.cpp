// The calls: each is a request, its way, and what its answer means.
#include "confcast/client/client.hpp"

#include "answers.hpp"
#include "client_impl.hpp"
#include "confcast/store/layout.hpp"
#include "failures.hpp"
#include "requests.hpp"

namespace confcast::client {
namespace {

using ImplPtr = std::shared_ptr<ClientImpl>;
constexpr int list_attempts = 3;

template <class T>
Awaitable<Result<T>> call(ImplPtr impl, RawRequest request, Result<T> (*read)(const RawResponse&)) {
    const Result<RawResponse> response = co_await impl->requester().send(std::move(request));
    if (!response) co_return response.error();
    co_return read(*response);
}

/// A key that breaks the rules is not sent: some of them would be another route.
template <class T>
Awaitable<Result<T>> call_with_key(ImplPtr impl, std::string key, RawRequest request,
                                   Result<T> (*read)(const RawResponse&)) {
    const auto valid = store::check_key(key);
    if (!valid) co_return invalid(valid.error());
    Result<T> result = co_await call(std::move(impl), std::move(request), read);
    co_return result;
}

Awaitable<Result<Listing>> list_all(ImplPtr impl, std::string prefix, ListOptions options) {
    Listing all;
    std::string cursor;
    int attempts = 1;
    for (;;) {
        Result<ListPage> page = co_await call(impl, list_request(prefix, cursor, options), &page_in);
        if (!page) {
            const bool again = page.error() == Errc::compacted && !cursor.empty() && attempts < list_attempts;
            if (!again) co_return page.error();
            ++attempts;
            all = {};
            cursor.clear();
            continue;
        }
        all.position = page->position;
        all.entries.insert(all.entries.end(), std::make_move_iterator(page->entries.begin()),
                           std::make_move_iterator(page->entries.end()));
        if (page->next_cursor.empty()) co_return all;
        cursor = std::move(page->next_cursor);
    }
}

Awaitable<Result<Notified>> notify_with(ImplPtr impl, Result<RawRequest> request) {
    if (!request) co_return request.error();
    Result<Notified> result = co_await call(std::move(impl), std::move(*request), &notified_in);
    co_return result;
}

Awaitable<Result<RawResponse>> send(ImplPtr impl, RawRequest request) {
    Result<RawResponse> response = co_await impl->requester().send(std::move(request));
    co_return response;
}

}  // namespace

Client::Client(Executor executor, Options options)
    : impl_(std::make_shared<ClientImpl>(executor, std::move(options))) {}

Client::~Client() { close(); }

Awaitable<Result<Found>> Client::get(const std::string& key, const GetOptions& options) {
    return call_with_key(impl_, key, get_request(key, options), &found_in);
}

Awaitable<Result<Listing>> Client::list(std::string prefix, ListOptions options) {
    return list_all(impl_, std::move(prefix), std::move(options));
}

Awaitable<Result<ListPage>> Client::list_page(const std::string& prefix, const std::string& cursor,
                                              const ListOptions& options) {
    return call(impl_, list_request(prefix, cursor, options), &page_in);
}

Awaitable<Result<Written>> Client::put(const std::string& key, const std::string& value, const PutOptions& options) {
    return call_with_key(impl_, key, put_request(key, value, options), &written_in);
}

Awaitable<Result<Written>> Client::remove(const std::string& key, const DeleteOptions& options) {
    return call_with_key(impl_, key, remove_request(key, options), &written_in);
}

Awaitable<Result<TxnDone>> Client::txn(const Txn& txn, const TxnOptions& options) {
    return call(impl_, txn_request(txn, options), &txn_done_in);
}

Awaitable<Result<Notified>> Client::notify(const std::string& topic, const std::string& event_id,
                                           const std::string& payload, const NotifyOptions& options) {
    return notify_with(impl_, notify_request(topic, event_id, payload, options));
}

Awaitable<Result<RawResponse>> Client::raw(RawRequest request) { return send(impl_, std::move(request)); }

Result<Subscription> Client::watch(const Filters& filters, Callback callback) {
    const Result<std::uint64_t> id = impl_->watch(filters, std::move(callback));
    if (!id) return id.error();
    return Subscription(impl_, *id);
}

Result<Subscription> Client::watch_since(const Filters& filters, Callback callback, Position since) {
    const Result<std::uint64_t> id = impl_->watch(filters, std::move(callback), std::move(since));
    if (!id) return id.error();
    return Subscription(impl_, *id);
}

Status Client::status() const { return impl_->status(); }
void Client::reconnect() { impl_->reconnect(); }
void Client::set_token(std::string token) { impl_->set_token(std::move(token)); }
void Client::ack(const Ack& ack) { impl_->ack(ack); }
void Client::close() { impl_->close(); }

Subscription& Subscription::operator=(Subscription&& other) noexcept {
    if (this == &other) return *this;
    cancel();
    impl_ = std::move(other.impl_);
    id_ = std::exchange(other.id_, 0);
    return *this;
}

void Subscription::cancel() {
    const std::uint64_t id = std::exchange(id_, 0);
    if (id == 0) return;
    if (const auto impl = impl_.lock()) impl->unwatch(id);
}

}  // namespace confcast::client
