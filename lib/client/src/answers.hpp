// Answers as what the caller asked for, or as the failure that they are.
#pragma once

#include "confcast/client/calls.hpp"
#include "confcast/client/failure.hpp"

namespace confcast::client {

/// What an answer that is no success says: its envelope, when it has one.
Failure failure_in(const RawResponse& response);

Result<Found> found_in(const RawResponse& response);
Result<ListPage> page_in(const RawResponse& response);
Result<Written> written_in(const RawResponse& response);
Result<TxnDone> txn_done_in(const RawResponse& response);
Result<Notified> notified_in(const RawResponse& response);

}  // namespace confcast::client
