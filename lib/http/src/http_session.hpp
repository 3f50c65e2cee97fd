// HTTP/1.1 on one connection: reads a request, runs the chain, writes the answer, again. Answers leave in the order of
// their requests because nothing of the next request is done before.
//
// A request goes as far as it can without waiting (advance()): from the bytes to the answer in one call, when it came
// whole and its answer is known. What has to be waited for is waited for in one coroutine (serve()); a connection that
// has been served without waiting is kept by the Poller, and that coroutine sleeps until there is something for it.
#pragma once

#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/error.hpp"
#include "confcast/base/notifier.hpp"
#include "confcast/http/middleware.hpp"
#include "connection.hpp"
#include "gate.hpp"
#include "head_scanner.hpp"
#include "poller.hpp"
#include "read_buffer.hpp"
#include "streaming.hpp"

namespace confcast::http {

class HttpSession final : public Activity, private Poller::Client {
  public:
    explicit HttpSession(Connection& connection);
    ~HttpSession() override;

    /// Returns when the connection is to be closed (nothing), or is to become a WebSocket or a stream.
    Awaitable<Takeover> serve();
    /// Answers once, whatever was asked, and ends.
    Awaitable<> turn_away(Error error);

    void on_deadline(SteadyTime now) override;
    void wind_down() override;
    void on_cut() override { wake(); }

  private:
    struct Chunked;
    enum class Phase : std::uint8_t { idle, head, body, handling, writing, lingering };
    /// What has to be waited for, or done, before the session goes on.
    enum class Step : std::uint8_t {
        read,      // more bytes
        refuse,    // error_ is answered, which is the end
        body,      // the rest of the body comes
        answer,    // answer_ is awaited
        fail,      // a handler has thrown: the answer says so
        takeover,  // answer_ is no HTTP/1.1 answer that ends
        write,     // the socket takes the rest of answer_
        close,     // the answer that has left was the last one
        end        // nothing
    };
    /// What came of reading: all that was needed, nothing more (gone or told to leave), or a refusal.
    using Read = Result<bool>;

    static bool needs_socket(Step step);
    void begin_request();
    Read on_read(const boost::system::error_code& ec, std::size_t n);
    Step advance();
    Step refuse_with(Error error);
    Result<> accept_head();
    Result<bool> take_body();
    std::size_t body_limit() const;
    Step handle();
    void handler_threw(std::string_view what);
    Step give();
    Step finish_request();

    bool keep();
    void on_ready(bool ended) override;
    Step read_kept();
    void wake();

    Awaitable<Step> next_bytes();
    Awaitable<Step> sleep();
    Awaitable<Step> rest_of_body();
    Awaitable<Step> awaited_answer();
    Awaitable<Step> rest_of_answer();
    Awaitable<Step> take_over(Takeover& takeover);
    Awaitable<Step> internal_error();
    Awaitable<Read> read_sized_body(std::size_t size);
    Awaitable<Read> read_chunked_body(std::size_t limit);

    bool start_write(const Response& response, bool close);
    Awaitable<bool> finish_write();
    bool send_what_goes();
    bool client_reads();
    Awaitable<bool> say_continue();
    Awaitable<> refuse(Error error);
    Awaitable<> linger();
    std::unique_ptr<Upgrade> make_upgrade(Response& response);
    std::unique_ptr<Streaming> make_stream(Response& response);

    void enter(Phase phase, SteadyTime deadline);
    void look_at_clock();

    Connection& connection_;
    Shared& shared_;
    ReadBuffer input_;
    HeadScanner scanner_;
    HeadFacts facts_;
    Request request_;
    std::optional<Context> context_;
    std::optional<Answer> answer_;
    std::optional<Error> error_;
    std::unique_ptr<Chunked> chunked_;
    std::string chunks_;  // undecoded bytes of a chunked body, then what came behind it
    std::string head_;    // of the answer
    std::array<std::string_view, 2> unsent_;
    SteadyTime now_;  // when last looked
    Phase phase_ = Phase::idle;
    Step step_ = Step::end;  // that the sleeping coroutine is woken for
    bool expired_ = false;
    bool close_ = false;         // behind this answer
    bool more_ = false;          // there may be something to read that is not told again
    bool ended_ = false;         // the poller has told of the end, which is told once
    bool sleeping_ = false;      // the coroutine does
    unsigned at_once_ = 0;       // requests in a row for which the socket was not waited for
    std::size_t unread_ = 0;     // of the answer by the client, when last looked
    std::exception_ptr thrown_;  // while it sleeps
    Notifier woken_;
};

}  // namespace confcast::http
