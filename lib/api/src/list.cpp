#include "list.hpp"

#include <algorithm>

#include "admission.hpp"
#include "confcast/push/entry_json.hpp"
#include "cursor.hpp"
#include "envelope.hpp"
#include "json_text.hpp"
#include "long_poll.hpp"
#include "past.hpp"

namespace confcast::api {
namespace {

constexpr std::int64_t default_limit = 100;

struct ListOptions {
    std::string prefix;
    std::size_t limit = default_limit;
    bool meta_only = false;
    std::optional<Cursor> cursor;
};

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

Result<ListOptions> list_options(const Call& call) {
    ListOptions options;
    if (const auto prefix = call.query.get("prefix")) {
        if (prefix->size() > store::max_key_bytes || has_control(*prefix))
            return bad_parameter("prefix", "it has at most 512 bytes and no control characters");
        options.prefix = *prefix;
    }
    if (const auto fields = call.query.get("fields")) {
        if (*fields != "meta") return bad_parameter("fields", "it can only be: meta");
        options.meta_only = true;
    }
    const Result<std::optional<std::int64_t>> limit =
        call.query.number("limit", 1, static_cast<std::int64_t>(call.services.options.max_page));
    if (!limit) return limit.error();
    options.limit = static_cast<std::size_t>(limit->value_or(default_limit));

    if (const auto text = call.query.get("cursor")) {
        Result<Cursor> cursor = Cursor::parse(*text);
        if (!cursor) return cursor.error();
        if (call.query.has("prefix") && cursor->prefix != options.prefix)
            return bad_parameter("cursor", "it belongs to a list of another prefix");
        options.prefix = cursor->prefix;
        options.cursor = std::move(*cursor);
    }
    return options;
}

// One page on its way to JSON text.
class PageText {
  public:
    PageText(feed::Position position, bool meta_only) : position_(position), meta_only_(meta_only) {
        text_ += envelope_begin;
        text_ += R"({"epoch":")";
        text_ += position.epoch.to_string();
        text_ += R"(","revision":)";
        append_json_number(text_, position.revision);
        text_ += R"(,"entries":[)";
    }
    void add(const feed::Entry& entry) {
        if (count_ > 0) text_ += ',';
        push::append_entry(text_, entry, meta_only_);
        last_key_ = entry.key;
        ++count_;
    }
    /// The next page begins behind it.
    void pass_over(std::string_view key) { last_key_ = key; }
    std::size_t count() const { return count_; }
    std::size_t bytes() const { return text_.size(); }

    std::string finish(bool more, const std::string& prefix) {
        text_ += R"(],"next_cursor":)";
        if (more) {
            text_ += '"';
            text_ += Cursor{position_.epoch, position_.revision, prefix, last_key_}.to_text();
            text_ += '"';
        } else {
            text_ += "null";
        }
        text_ += '}';
        text_ += envelope_end;
        return std::move(text_);
    }

  private:
    feed::Position position_;
    bool meta_only_;
    std::string text_;
    std::string last_key_;
    std::size_t count_ = 0;
};

// Settings that a caller may not read cost time and show nothing: a page that has passed so many ends early.
constexpr std::size_t most_passed_over = 10'000;

std::string page_from_state(const Call& call, const ListOptions& options, std::size_t max_bytes) {
    const feed::Feed& feed = call.services.parts.feed;
    const auth::Permissions& permissions = Security::caller_of(call.context).permissions;
    PageText page(feed.position(), options.meta_only);
    std::size_t passed_over = 0;
    bool more = false;
    const std::string_view after = options.cursor ? std::string_view(options.cursor->last_key) : std::string_view();
    feed.state().scan(options.prefix, after, [&](const feed::EntryPtr& entry) {
        if (page.count() >= options.limit || (page.count() > 0 && page.bytes() >= max_bytes)) {
            more = true;
            return false;
        }
        if (permissions.may_read(entry->key)) {
            page.add(*entry);
            return true;
        }
        page.pass_over(entry->key);
        more = ++passed_over >= most_passed_over;
        return !more;
    });
    return page.finish(more, options.prefix);
}

}  // namespace

Awaitable<Result<http::Response>> list_config(Call& call) {
    const Result<ListOptions> options = list_options(call);
    if (!options) co_return options.error();
    const Result<std::optional<LongPoll>> poll = read_long_poll(call.query);
    if (!poll) co_return poll.error();
    const Result<> ready = check_ready(call.services);
    if (!ready) co_return ready.error();
    if (*poll) {
        const push::Filters filter{{}, {options->prefix}};
        const Result<bool> news = co_await wait_for_news(call, filter, **poll);
        if (!news) co_return news.error();
        if (!*news) co_return nothing_new();
    }

    const feed::Feed& feed = call.services.parts.feed;
    const std::size_t max_bytes = call.services.options.page_bytes;
    if (!options->cursor) co_return json_response(page_from_state(call, *options, max_bytes));

    const feed::Position pinned{options->cursor->epoch, options->cursor->revision};
    if (pinned.epoch != feed.position().epoch)
        co_return bad_parameter("cursor", "it belongs to another history: start the list again");
    if (pinned == feed.position()) co_return json_response(page_from_state(call, *options, max_bytes));

    // State has moved on: the store still knows how it was
    Result<PastPage> past = co_await list_past(call.services.parts.store, call.services.parts.layout, options->prefix,
                                               options->cursor->last_key, pinned.revision, options->limit, max_bytes);
    if (!past) co_return past.error();
    PageText page(pinned, options->meta_only);
    for (const feed::EntryPtr& entry : past->entries) {
        if (may_read(call, entry->key))
            page.add(*entry);
        else
            page.pass_over(entry->key);
    }
    co_return json_response(page.finish(past->more, options->prefix));
}

}  // namespace confcast::api
