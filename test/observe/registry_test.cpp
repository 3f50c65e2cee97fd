#include <gmock/gmock.h>

#include "confcast/observe/metrics.hpp"
#include "exposition_parser.hpp"

namespace confcast::observe {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Read constant(double value) {
    return [value] { return value; };
}

TEST(Registry, AnEmptyOneExposesNothing) {
    const Registry registry;
    EXPECT_EQ(registry.expose(), "");
    EXPECT_EQ(registry.size(), 0U);
}

TEST(Registry, ReadsARoomsCounterAtEachExposition) {
    std::uint64_t accepted = 3;
    Registry registry;
    registry.counter("confcast_http_accepted_total", "Connections that were accepted.", [&] { return accepted; });
    EXPECT_EQ(registry.expose(),
              "# HELP confcast_http_accepted_total Connections that were accepted.\n"
              "# TYPE confcast_http_accepted_total counter\n"
              "confcast_http_accepted_total 3\n");
    accepted = 5;
    EXPECT_EQ(value_of(registry.expose(), "confcast_http_accepted_total"), 5);
}

TEST(Registry, LabelsMakeSeriesOfOneFamily) {
    Registry registry;
    registry.gauge("confcast_clients", "Clients.", constant(2), {{"kind", "websocket"}});
    registry.gauge("confcast_other", "Others.", constant(7));
    registry.gauge("confcast_clients", "Clients.", constant(4), {{"kind", "sse"}});
    const auto families = parse_exposition(registry.expose());
    ASSERT_EQ(families.size(), 2U);
    EXPECT_EQ(families[0].name, "confcast_clients");
    EXPECT_EQ(families[0].samples.size(), 2U);
    EXPECT_EQ(value_of(registry.expose(), "confcast_clients", {{"kind", "sse"}}), 4);
    EXPECT_EQ(registry.size(), 3U);
}

TEST(Registry, LabelValuesMayHoldAnything) {
    Registry registry;
    const std::string value = "a \"quoted\"\\ line\nand \xE4\xB8\xAD";
    registry.gauge("confcast_x", "X.", constant(1), {{"value", value}});
    EXPECT_EQ(value_of(registry.expose(), "confcast_x", {{"value", value}}), 1);
}

TEST(Registry, HistogramsAreCumulative) {
    const std::vector<double> bounds{0.5, 1, 2};
    Histogram histogram(bounds);
    for (const double value : {0.1, 0.7, 0.8, 5.0}) histogram.observe(value);
    Registry registry;
    registry.histogram("confcast_wait_seconds", "Waiting.", histogram, {{"who", "me"}});
    const std::string text = registry.expose();
    EXPECT_EQ(value_of(text, "confcast_wait_seconds_bucket", {{"who", "me"}, {"le", "0.5"}}), 1);
    EXPECT_EQ(value_of(text, "confcast_wait_seconds_bucket", {{"who", "me"}, {"le", "1"}}), 3);
    EXPECT_EQ(value_of(text, "confcast_wait_seconds_bucket", {{"who", "me"}, {"le", "2"}}), 3);
    EXPECT_EQ(value_of(text, "confcast_wait_seconds_bucket", {{"who", "me"}, {"le", "+Inf"}}), 4);
    EXPECT_EQ(value_of(text, "confcast_wait_seconds_count", {{"who", "me"}}), 4);
    EXPECT_DOUBLE_EQ(value_of(text, "confcast_wait_seconds_sum", {{"who", "me"}}), 6.6);
}

TEST(Registry, LargeAndSmallNumbersKeepTheirDigits) {
    Registry registry;
    registry.counter("confcast_bytes_total", "Bytes.", constant(9007199254740991.0));
    registry.gauge("confcast_tiny", "Tiny.", constant(1.25e-9));
    EXPECT_EQ(value_of(registry.expose(), "confcast_bytes_total"), 9007199254740991.0);
    EXPECT_EQ(value_of(registry.expose(), "confcast_tiny"), 1.25e-9);
}

struct RegistryRefusal : testing::Test {
    template <class Register>
    std::string sentence(Register add) {
        try {
            add();
        } catch (const std::invalid_argument& e) {
            return e.what();
        }
        return "";
    }
    Registry registry;
};

TEST_F(RegistryRefusal, NamesThatBreakTheRules) {
    for (const std::string_view name : {"", "accepted_total", "go_x_total", "confcast_Accepted_total", "confcast_x",
                                        "confcast_a-b_total", "confcast_a b_total", "confcast_\xE4_total"})
        EXPECT_THAT(sentence([&] { registry.counter(name, "Help.", constant(1)); }),
                    HasSubstr("\"" + std::string(name) + "\""));
    EXPECT_THAT(sentence([&] { registry.gauge("confcast_x_total", "Help.", constant(1)); }), HasSubstr("_total"));
    EXPECT_EQ(registry.size(), 0U);
}

TEST_F(RegistryRefusal, HelpTextsThatWouldBreakTheFormat) {
    for (const std::string_view help : {"", "two\nlines", "a \\ b"})
        EXPECT_THAT(sentence([&] { registry.gauge("confcast_x", help, constant(1)); }), HasSubstr("help text"));
}

TEST_F(RegistryRefusal, LabelsThatBreakTheRules) {
    for (const std::string name : {"", "le", "__x", "A", "a-b", "1a"})
        EXPECT_THAT(sentence([&] { registry.gauge("confcast_x", "X.", constant(1), {{name, "v"}}); }),
                    AllOf(HasSubstr("confcast_x"), HasSubstr("\"" + name + "\"")));
    EXPECT_THAT(sentence([&] { registry.gauge("confcast_x", "X.", constant(1), {{"a", "1"}, {"a", "2"}}); }),
                HasSubstr("twice"));
}

TEST_F(RegistryRefusal, TheSameSeriesTwice) {
    registry.gauge("confcast_x", "X.", constant(1), {{"a", "1"}, {"b", "2"}});
    EXPECT_THAT(sentence([&] { registry.gauge("confcast_x", "X.", constant(1), {{"b", "2"}, {"a", "1"}}); }),
                HasSubstr("twice"));
    EXPECT_EQ(registry.size(), 1U);
}

TEST_F(RegistryRefusal, OneNameWithTwoMeanings) {
    registry.gauge("confcast_x", "X.", constant(1));
    EXPECT_THAT(sentence([&] { registry.gauge("confcast_x", "Y.", constant(1), {{"a", "1"}}); }), HasSubstr("help"));
    const std::vector<double> bounds{1};
    const Histogram histogram(bounds);
    EXPECT_THAT(sentence([&] { registry.histogram("confcast_x", "X.", histogram, {{"a", "1"}}); }), HasSubstr("type"));
}

TEST_F(RegistryRefusal, NothingToRead) {
    EXPECT_THAT(sentence([&] { registry.gauge("confcast_x", "X.", Read{}); }), HasSubstr("nothing to read"));
    EXPECT_EQ(registry.expose(), "");
}

}  // namespace
}  // namespace confcast::observe
