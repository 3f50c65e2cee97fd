// One keep-alive connection to a server. Beast stays in http_connection.cpp.
#pragma once

#include <memory>

#include "confcast/base/async.hpp"
#include "confcast/client/calls.hpp"
#include "confcast/client/failure.hpp"
#include "endpoint.hpp"

namespace confcast::client {

struct Tls;

class HttpConnection {
  public:
    /// `tls`: needed when the endpoint asks for it.
    HttpConnection(Executor executor, Endpoint endpoint, std::shared_ptr<Tls> tls);
    ~HttpConnection();

    /// `unreachable`, `timed_out` or `cancelled` when it does not work.
    Awaitable<Result<>> connect(SteadyTime deadline);
    /// One request, one answer of at most `max_body` bytes. Failure::sent says whether the server may have seen it.
    Awaitable<Result<RawResponse>> exchange(RawRequest request, std::size_t max_body, SteadyTime deadline);
    /// The last answer left it open, and the server has not closed it since.
    bool reusable();
    /// What is under way fails with `cancelled`.
    void abort();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::client
