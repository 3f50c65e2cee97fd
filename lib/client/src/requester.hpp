// Requests on their way: which server, which connection, until when, and whether to try again.
//
// A write is tried again only when it cannot have been done: no connection, or a server that said so before it looked.
#pragma once

#include <list>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "confcast/client/options.hpp"
#include "credential.hpp"
#include "endpoint.hpp"
#include "http_connection.hpp"

namespace confcast::client {

class Requester {
  public:
    /// `options` and `endpoints` outlive this.
    Requester(Executor executor, const Options& options, Endpoints& endpoints, std::shared_ptr<Tls> tls,
              std::shared_ptr<Credential> credential)
        : executor_(executor),
          options_(options),
          endpoints_(endpoints),
          tls_(std::move(tls)),
          credential_(std::move(credential)) {}

    /// Any status is an answer; after 401 it is asked once more when there is another token. The caller keeps this
    /// alive until it returns.
    Awaitable<Result<RawResponse>> send(RawRequest request);
    /// All that is under way, and all that comes, fails with `cancelled`.
    void close();

    /// Headers that every request has, a stream's too.
    std::vector<std::pair<std::string, std::string>> headers() const;

  private:
    using Connection = std::unique_ptr<HttpConnection>;
    struct Idle {
        std::size_t server;
        SteadyTime since;
        Connection connection;
    };
    /// Known to close() while it is used.
    class Busy {
      public:
        Busy(Requester& requester, HttpConnection* connection) : requester_(requester), connection_(connection) {
            requester_.busy_.insert(connection_);
        }
        ~Busy() { requester_.busy_.erase(connection_); }
        Busy(const Busy&) = delete;
        Busy& operator=(const Busy&) = delete;

      private:
        Requester& requester_;
        HttpConnection* connection_;
    };
    struct Attempt {
        bool fresh;
        Result<RawResponse> result;
    };

    Awaitable<Result<RawResponse>> send_with_token(RawRequest request, SteadyTime deadline);
    Awaitable<Attempt> attempt(std::size_t server, RawRequest request, SteadyTime deadline);
    std::string new_request_id();
    Connection take_idle(std::size_t server);
    void keep(std::size_t server, Connection connection);

    Executor executor_;
    const Options& options_;
    Endpoints& endpoints_;
    const std::shared_ptr<Tls> tls_;
    const std::shared_ptr<Credential> credential_;
    std::list<Idle> idle_;  // the last one was used last
    std::set<HttpConnection*> busy_;
    std::mt19937_64 random_{std::random_device{}()};
    bool closed_ = false;
};

}  // namespace confcast::client
