// How many connections each address has. An IPv6 client owns a whole /64: that is one address here.
#pragma once

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <unordered_map>

namespace confcast::http {

class Addresses {
  public:
    using Count = std::pair<const boost::asio::ip::address, std::size_t>;

    std::size_t of(const boost::asio::ip::address& address) const {
        const auto found = counts_.find(network_of(address));
        return found == counts_.end() ? 0 : found->second;
    }
    /// Stays valid until it is given back to leave().
    Count& enter(const boost::asio::ip::address& address) {
        Count& count = *counts_.try_emplace(network_of(address)).first;
        ++count.second;
        return count;
    }
    void leave(Count& count) {
        if (--count.second == 0) counts_.erase(count.first);
    }
    std::size_t size() const { return counts_.size(); }

  private:
    static boost::asio::ip::address network_of(const boost::asio::ip::address& address) {
        if (!address.is_v6()) return address;
        const auto v6 = address.to_v6();
        if (v6.is_v4_mapped()) return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6);
        auto bytes = v6.to_bytes();
        std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
        return boost::asio::ip::address_v6(bytes);
    }

    std::unordered_map<boost::asio::ip::address, std::size_t> counts_;
};

}  // namespace confcast::http
