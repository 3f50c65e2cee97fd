#include "addresses.hpp"

#include <gtest/gtest.h>

namespace confcast::http {
namespace {

using boost::asio::ip::make_address;

TEST(Addresses, CountsEachAndForgetsWhoHasNone) {
    Addresses addresses;
    auto& first = addresses.enter(make_address("10.0.0.1"));
    auto& second = addresses.enter(make_address("10.0.0.1"));
    auto& other = addresses.enter(make_address("10.0.0.2"));
    EXPECT_EQ(addresses.of(make_address("10.0.0.1")), 2U);
    EXPECT_EQ(addresses.of(make_address("10.0.0.2")), 1U);
    EXPECT_EQ(addresses.of(make_address("10.0.0.3")), 0U);
    addresses.leave(first);
    addresses.leave(other);
    EXPECT_EQ(addresses.of(make_address("10.0.0.1")), 1U);
    addresses.leave(second);
    EXPECT_EQ(addresses.size(), 0U);
}

TEST(Addresses, AnIpv6NetworkIsOneAndAMappedAddressIsItsOwn) {
    Addresses addresses;
    addresses.enter(make_address("2001:db8:0:1::1"));
    EXPECT_EQ(addresses.of(make_address("2001:db8:0:1:ffff::2")), 1U);
    EXPECT_EQ(addresses.of(make_address("2001:db8:0:2::1")), 0U);
    addresses.enter(make_address("10.0.0.1"));
    EXPECT_EQ(addresses.of(make_address("::ffff:10.0.0.1")), 1U);
}

}  // namespace
}  // namespace confcast::http
