// A response that is there, or one that is still awaited: what the links of the chain hand each other. Most requests
// are answered from memory; for those there is no coroutine on the way, and none is made.
#pragma once

#include <utility>
#include <variant>

#include "confcast/base/async.hpp"
#include "confcast/http/message.hpp"

namespace confcast::http {

class Answer {
  public:
    Answer(Response response) : state_(std::move(response)) {}  // NOLINT(google-explicit-constructor): either is one
    Answer(Awaitable<Response> later) : state_(std::move(later)) {}  // NOLINT(google-explicit-constructor): likewise

    /// The response, or nullptr while it has to be awaited.
    Response* here() { return std::get_if<Response>(&state_); }
    /// Waits for it; one that is there costs a frame.
    Awaitable<Response> wait() && {
        if (Response* response = here()) return give(std::move(*response));
        return std::move(std::get<Awaitable<Response>>(state_));
    }

    /// Calls `change(response)` when the response is there: at once, or by the one who awaits it. Not when what is
    /// awaited throws.
    template <class Change>
    void then(Change change) {
        if (Response* response = here()) {
            change(*response);
        } else {
            auto& later = std::get<Awaitable<Response>>(state_);
            later = change_later(std::move(later), std::move(change));
        }
    }

  private:
    static Awaitable<Response> give(Response response) { co_return std::move(response); }
    template <class Change>
    static Awaitable<Response> change_later(Awaitable<Response> later, Change change) {
        Response response = co_await std::move(later);
        change(response);
        co_return response;
    }

    std::variant<Response, Awaitable<Response>> state_;
};

}  // namespace confcast::http
