// A request through a list of middlewares to an endpoint that the test chooses.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "confcast/base/clock.hpp"
#include "confcast/http/standard_middleware.hpp"
#include "confcast/test/recording_log.hpp"
#include "confcast/test/run.hpp"

namespace confcast::http {

using test::RecordingLog;

/// The lines without their levels.
inline std::vector<std::string> texts(const RecordingLog& log) {
    std::vector<std::string> all;
    for (const RecordingLog::Line& line : log.lines()) all.push_back(line.text);
    return all;
}

struct ChainFixture : testing::Test {
    Response run(std::vector<Middleware> list) {
        const Chain chain(std::move(list), endpoint);
        return test::run(io, chain.run(context));
    }

    /// The error, the language and the id as text: what the renderer was given.
    ErrorRenderer render = [](const Context& c, const Error& error) {
        Response response;
        response.status = http_status(error.code());
        response.body = error.to_string() + (c.language == Language::zh ? " zh " : " en ") + c.request_id;
        return response;
    };

    asio::io_context io{1};
    ManualClock clock;
    RecordingLog log;
    std::uint64_t failures = 0;
    Request request;
    Context context{request};
    Handler endpoint = [](Context&) -> Awaitable<Response> {
        Response response;
        response.body = "done";
        co_return response;
    };
};

}  // namespace confcast::http
