// Every server message as JSON text (push-protocol.md, the table). One function per type; each makes one whole message.
#pragma once

#include <span>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/feed/entry.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/push/message.hpp"
#include "subset.hpp"

namespace confcast::push {

/// How a stream begins, and why so.
enum class Resume : std::uint8_t { none, changes, snapshot };
enum class Reason : std::uint8_t { fresh, current, caught_up, compacted, epoch_changed, ahead, rights_changed };

struct Welcome {
    std::uint64_t session = 0;
    Resume resume = Resume::none;
    Reason reason = Reason::fresh;
    const Scope* limited_to = nullptr;  // when the filters reach beyond it
};

// `at` is the message's seq_id with its epoch; revision 0 = the client owns no position now.
MessagePtr encode_welcome(feed::Position at, const Welcome& welcome, const HubOptions& options);
MessagePtr encode_bookmark(feed::Position at);
MessagePtr encode_goaway(feed::Position at, std::string_view reason, std::chrono::milliseconds reconnect_after);
MessagePtr encode_page(feed::Position at, std::span<const feed::EntryPtr> entries, bool more, bool meta_only);

/// A payload or timestamp in the store that is not JSON becomes a JSON string.
MessagePtr encode_notification(feed::Position at, const feed::Notification& notification);
/// Notifications with a revision in (from, to] may be missing.
MessagePtr encode_notifications_lost(feed::Position at, feed::Revision from, feed::Revision to);

// Answers. `id` is the request's id as JSON text, "" when it had none.
MessagePtr encode_pong(feed::Position at, std::string_view id);
/// `type` is "subscribed" or "unsubscribed".
/// `limited_to` as in Welcome.
MessagePtr encode_filters(feed::Position at, std::string_view type, std::string_view id, FilterSpan in_force,
                          const Scope* limited_to);
/// `envelope` is a JSON object; the id becomes one more member of it.
MessagePtr encode_error(feed::Position at, std::string_view id, std::string_view envelope);

/// What has become, or is about to become, of the client's right to listen.
struct AccessNews {
    std::string_view status;  // "renewed", "changed" or "expiring"
    std::optional<SystemTime> expires;
    const Scope* limited_to = nullptr;
    bool shown_again = false;  // the state of all filters follows, in place of what the client has or is getting
};
MessagePtr encode_access(feed::Position at, std::string_view id, const AccessNews& news);

/// The envelope when nobody has better sentences: the code's name is the message.
std::string plain_envelope(const Error& error);

/// One update, event by event.
class UpdateEncoder {
  public:
    UpdateEncoder(feed::Position at, bool meta_only);
    void reserve(std::size_t bytes) { text_.reserve(text_.size() + bytes); }
    /// `revision` is the one that a delete happened in.
    void add(feed::Revision revision, const feed::KeyChange& event);
    std::size_t events() const { return events_; }
    std::size_t bytes() const { return text_.size(); }
    /// `traceparent`: of the write that the revision is; "" = none.
    MessagePtr finish(std::string_view traceparent = {}) &&;
    /// With `coalesced_from`.
    MessagePtr finish_coalesced(feed::Revision from) &&;

  private:
    feed::Position at_;
    bool meta_only_;
    std::size_t events_ = 0;
    std::string text_;
};

/// About how many bytes of JSON an entry or an event takes.
std::size_t estimate(const feed::Entry& entry, bool meta_only);
std::size_t estimate(const feed::KeyChange& event, bool meta_only);

}  // namespace confcast::push
