#include "ending.hpp"

#include "failures.hpp"

namespace confcast::client {
namespace {

Comeback after_close(std::uint16_t code) {
    switch (code) {
        case 1000:  // the normal end: it was meant
        case 1002:  // this client speaks the protocol wrongly
        case 1003:
        case 1007:
        case 1008:  // not allowed, or closed by an operator
        case 1009:  // a message too big
        case 4001:  // token expired: a new one is needed
        case 4002:
            return Comeback::no;
        default:
            return Comeback::yes;
    }
}

Comeback after_refusal(const Failure& failure) {
    // The server was asked to forget nothing but the position.
    if (failure == Errc::invalid_since) return Comeback::yes;
    const unsigned status = failure.status;
    if (status >= 500 || status == 408 || status == 425 || status == 429) return Comeback::yes;
    return Comeback::elsewhere;
}

}  // namespace

Ending Ending::closed(std::uint16_t code, std::string_view reason) {
    std::string message = "the server closed the stream with " + std::to_string(code);
    if (!reason.empty()) message += ": " + std::string(reason);
    Ending ending{failure_of(FailureKind::lost, std::move(message)), code};
    ending.failure.close_code = code;
    return ending;
}

Comeback comeback_after(const Ending& ending) {
    if (ending.close_code != 0) return after_close(ending.close_code);
    if (ending.failure.kind == FailureKind::answered) return after_refusal(ending.failure);
    return Comeback::yes;
}

}  // namespace confcast::client
