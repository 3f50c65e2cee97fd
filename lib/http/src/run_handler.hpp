// The part of a stream's handler, with an exception of it made a log line.
#pragma once

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <functional>
#include <string>

#include "confcast/base/async.hpp"
#include "confcast/base/log.hpp"

namespace confcast::http {

template <class Peer>
Awaitable<> run_handler(Peer& peer, std::function<Awaitable<>(Peer&)> handler, Log& log) {
    std::string what;
    try {
        co_await handler(peer);
        co_return;
    } catch (const boost::system::system_error& e) {
        if (e.code() == asio::error::operation_aborted) co_return;
        what = e.what();
    } catch (const std::exception& e) {
        what = e.what();
    } catch (...) {
        what = "an unknown exception";
    }
    log.error("http", "a connection's handler threw", {{"error", what}, {"remote", peer.remote()}});
}

}  // namespace confcast::http
