// One receive that never waits.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>

namespace confcast::http {

struct Received {
    std::size_t bytes = 0;
    bool would_block = false;
    boost::system::error_code error;  // asio::error::eof: the peer has said the end
};

Received receive_now(int descriptor, void* into, std::size_t room);

}  // namespace confcast::http
