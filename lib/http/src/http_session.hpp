// HTTP/1.1 on one connection: reads a request, runs the chain, writes the answer, again. Answers leave in the order of
// their requests because nothing of the next request is done before.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/http/middleware.hpp"
#include "connection.hpp"
#include "gate.hpp"
#include "head_parser.hpp"
#include "head_scanner.hpp"
#include "read_buffer.hpp"
#include "streaming.hpp"

namespace confcast::http {

class HttpSession final : public Activity {
  public:
    explicit HttpSession(Connection& connection);
    ~HttpSession() override;

    /// Returns when the connection is to be closed (nothing), or is to become a WebSocket or a stream.
    Awaitable<Takeover> serve();
    /// Answers once, whatever was asked, and ends.
    Awaitable<> turn_away(Error error);

    void on_deadline(SteadyTime now) override;
    void wind_down() override;

  private:
    enum class Phase : std::uint8_t { idle, head, body, handling, writing, lingering };
    /// What came of reading: all that was needed, nothing more (gone or told to leave), or a refusal.
    using Read = Result<bool>;

    void begin_request();
    Read on_read(const boost::system::error_code& ec, std::size_t n);
    Result<> accept_head(HeadParser& parser);
    std::size_t body_limit() const;

    Awaitable<Read> read_body(HeadParser& parser);
    Awaitable<Read> read_sized_body(std::size_t size);
    Awaitable<Read> read_chunked_body(HeadParser& parser, std::size_t limit);
    Awaitable<Response> answer(Context& context);

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

    Connection& connection_;
    Shared& shared_;
    ReadBuffer input_;
    HeadScanner scanner_;
    HeadFacts facts_;
    Request request_;
    std::string chunks_;  // undecoded bytes of a chunked body, then what came behind it
    std::string head_;    // of the answer
    std::array<std::string_view, 2> unsent_;
    Phase phase_ = Phase::idle;
    bool expired_ = false;
    std::size_t unread_ = 0;  // of the answer by the client, when last looked
};

}  // namespace confcast::http
