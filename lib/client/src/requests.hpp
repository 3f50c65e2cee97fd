// Calls as requests: targets, headers, bodies. Nothing is sent here.
#pragma once

#include <string>
#include <string_view>

#include "confcast/client/calls.hpp"
#include "confcast/client/options.hpp"
#include "stream_machine.hpp"

namespace confcast::client {

RawRequest get_request(std::string_view key, const GetOptions& options);
RawRequest list_request(std::string_view prefix, std::string_view cursor, const ListOptions& options);
RawRequest put_request(std::string_view key, std::string_view value, const PutOptions& options);
RawRequest remove_request(std::string_view key, const DeleteOptions& options);
RawRequest txn_request(const Txn& txn, const TxnOptions& options);
/// `invalid` when the payload is not JSON.
Result<RawRequest> notify_request(std::string_view topic, std::string_view event_id, std::string_view payload,
                                  const NotifyOptions& options);

/// The target of a stream.
std::string watch_target(const Opening& opening, const Options& options);
/// What is left for filters in the query of a stream.
std::size_t watch_query_room(const Options& options);

}  // namespace confcast::client
