#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <stdexcept>

#include "chain_fixture.hpp"

namespace confcast::http {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

struct Recover : ChainFixture {
    Recover() {
        request.method = Method::put;
        request.path = "/a";
    }
    Middleware recovering = recover(render, log, failures);
};

template <class Exception>
Handler throwing(const Exception& exception) {
    return [exception](Context&) -> Awaitable<Response> {
        throw exception;
        co_return Response{};
    };
}

TEST_F(Recover, LeavesAnAnswerAlone) {
    const Response response = run({recovering});
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(response.body_view(), "done");
    EXPECT_EQ(failures, 0U);
    EXPECT_TRUE(log.lines().empty());
}

TEST_F(Recover, AnExceptionBecomesARendered500) {
    endpoint = throwing(std::runtime_error("a bug"));
    const Response response = run({recovering});
    EXPECT_EQ(response.status, 500U);
    EXPECT_THAT(response.body_view(), HasSubstr("internal"));
    EXPECT_EQ(failures, 1U);
    EXPECT_THAT(texts(log),
                ElementsAre(AllOf(HasSubstr("error"), HasSubstr("a bug"), HasSubstr("PUT"), HasSubstr("/a"))));
}

TEST_F(Recover, The500CarriesTheRequestIdAndTheLanguage) {
    endpoint = throwing(std::runtime_error("a bug"));
    request.headers = {{"X-Request-Id", "req-7"}, {"Accept-Language", "zh"}};
    const Response response = run({recovering, request_id(), language()});
    EXPECT_EQ(response.header("X-Request-Id"), "req-7");
    EXPECT_EQ(response.body_view(), "internal zh req-7");
    EXPECT_THAT(texts(log), ElementsAre(HasSubstr("request_id=req-7")));
}

TEST_F(Recover, CatchesWhatIsNoStdException) {
    endpoint = throwing(42);
    EXPECT_EQ(run({recovering}).status, 500U);
    EXPECT_EQ(failures, 1U);
}

TEST_F(Recover, CatchesWhatAHandlerThrowsBeforeItsCoroutineBegins) {
    endpoint = [](Context&) -> Awaitable<Response> { throw std::logic_error("no coroutine"); };
    EXPECT_EQ(run({recovering}).status, 500U);
}

TEST_F(Recover, AnAbortedOperationOfALiveRequestIsABug) {
    endpoint = throwing(boost::system::system_error(asio::error::operation_aborted));
    EXPECT_EQ(run({recovering}).status, 500U);
    EXPECT_EQ(failures, 1U);
}

TEST_F(Recover, ACancelledRequestUnwindsWithoutAnAnswer) {
    SteadyTimer never(io.get_executor(), SteadyTime::max());
    endpoint = [&never](Context&) -> Awaitable<Response> {
        co_await never.async_wait(use_awaitable);
        co_return Response{};
    };
    int observed = 0;
    const Chain chain({recovering, access_log(clock, log, [&observed](const Access&) { ++observed; })}, endpoint);
    std::exception_ptr thrown;
    asio::cancellation_signal stop;
    asio::co_spawn(
        io.get_executor(), chain.run(context),
        asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& e, Response&&) { thrown = e; }));
    io.poll();
    stop.emit(asio::cancellation_type::terminal);
    io.restart();
    io.poll();
    EXPECT_TRUE(thrown);
    EXPECT_EQ(failures, 0U);
    EXPECT_EQ(observed, 0);
    EXPECT_TRUE(log.lines().empty());
}

}  // namespace
}  // namespace confcast::http
