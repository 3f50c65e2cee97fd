#include "credential.hpp"

#include <utility>

namespace confcast::client {

// A source that has nothing to give, or that throws, leaves what there is.
void Credential::ask() {
    if (!source_) return;
    try {
        std::string fresh = source_();
        if (!fresh.empty()) token_ = std::move(fresh);
    } catch (...) {
        return;
    }
}

const std::string& Credential::token() {
    if (token_.empty()) ask();
    return token_;
}

const std::string& Credential::for_connection() {
    if (!std::exchange(unused_, false)) ask();
    return token_;
}

bool Credential::renew(const std::string& refused) {
    if (!source_) return false;
    if (token_ == refused) ask();
    unused_ = token_ != refused;
    return unused_;
}

void Credential::set(std::string token) {
    token_ = std::move(token);
    unused_ = true;
}

}  // namespace confcast::client
