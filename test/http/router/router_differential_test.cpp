// The radix tree against a matcher that is too simple to be wrong, over random patterns and paths. A failure prints the
// seed: CONFCAST_ROUTER_SEED=<seed> repeats it alone.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include "check_requests.hpp"
#include "naive_router.hpp"

namespace confcast::http {
namespace {

constexpr Method methods[] = {Method::get, Method::head,    Method::post, Method::put,
                              Method::del, Method::options, Method::patch};

/// Few letters and short segments, so that patterns share prefixes and paths come near them.
class RandomRoutes {
  public:
    explicit RandomRoutes(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

    std::string literal() {
        std::string text;
        for (std::size_t n = 1 + below(3); n > 0; --n) text += "ab%"[below(8) == 0 ? 2 : below(2)];
        return text;
    }

    std::string pattern() {
        std::string text;
        const std::size_t count = 1 + below(4);
        for (std::size_t i = 0; i < count; ++i) {
            const std::string name = "p" + std::to_string(i);
            const std::size_t dice = below(10);
            if (dice < 4)
                text += "/" + literal();
            else if (dice < 8)
                text += "/:" + name + std::to_string(below(2));
            else if (dice == 8)
                text += "/";
            else
                return text.append("/*").append(name);
        }
        return text;
    }

    std::string path() {
        if (below(50) == 0) return literal();
        std::string text;
        for (std::size_t n = 1 + below(5); n > 0; --n) text += below(8) == 0 ? "/" : "/" + literal();
        return text;
    }

    /// A path that some pattern matches, now and then with a byte changed.
    std::string path_like(const std::string& pattern) {
        std::string text;
        for (const std::string& segment : segments_of(pattern)) {
            text += '/';
            if (kind_of(segment) == 'a')
                text += segment;
            else
                text += literal() + (kind_of(segment) == 'c' && below(2) == 0 ? "/" + literal() : "");
        }
        if (below(4) == 0) text[below(text.size())] = "/ab"[below(3)];
        return text;
    }

    Method method() { return methods[below(std::size(methods))]; }

    void shuffle(std::vector<Router::Route>& routes) { std::ranges::shuffle(routes, random_); }

  private:
    std::mt19937 random_;
};

/// The pattern without the names of its parameters: what two patterns have in common that no request can tell apart.
std::string shape_of(const std::string& pattern) {
    std::string shape;
    for (const std::string& segment : segments_of(pattern)) {
        shape += '/';
        shape += kind_of(segment) == 'a' ? segment : segment.substr(0, 1);
    }
    return shape;
}

std::vector<Router::Route> register_randomly(Router& router, RandomRoutes& random) {
    std::set<std::pair<Method, std::string>> shapes;
    for (std::size_t n = 1 + random.below(30); n > 0; --n) {
        const Method method = random.method();
        const std::string pattern = random.pattern();
        if (shapes.emplace(method, shape_of(pattern)).second)
            router.add(method, pattern, no_op());
        else
            EXPECT_THROW(router.add(method, pattern, no_op()), std::invalid_argument) << pattern;
    }
    return router.routes();
}

void expect(const NaiveAnswer& expected, const Router& router, Method method, const std::string& path) {
    const Router::Match match = router.find(method, path);
    EXPECT_EQ(outcome_of(match), expected.outcome) << to_string(method) << " " << path;
    EXPECT_EQ(to_text(match.params), expected.params) << to_string(method) << " " << path;
}

void compare(unsigned seed) {
    SCOPED_TRACE("CONFCAST_ROUTER_SEED=" + std::to_string(seed));
    RandomRoutes random(seed);
    Router router;
    std::vector<Router::Route> routes = register_randomly(router, random);
    Router reordered;
    random.shuffle(routes);
    std::vector<NaiveRoute> naive;
    for (const Router::Route& route : routes) {
        reordered.add(route.method, route.pattern, no_op());
        naive.push_back({route.method, route.pattern});
    }
    for (int i = 0; i < 20; ++i) {
        const std::string path =
            random.below(2) == 0 ? random.path() : random.path_like(routes[random.below(routes.size())].pattern);
        const Method method = random.method();
        const NaiveAnswer expected = find_naively(naive, method, path);
        expect(expected, router, method, path);
        expect(expected, reordered, method, path);
    }
}

TEST(RouterDifferential, FindsWhatANaiveMatcherFindsInAnyOrderOfRegistration) {
    if (const char* seed = std::getenv("CONFCAST_ROUTER_SEED")) {
        compare(static_cast<unsigned>(std::strtoul(seed, nullptr, 10)));
        return;
    }
    for (unsigned seed = 1; seed <= 2000 && !testing::Test::HasFailure(); ++seed) compare(seed);
    const unsigned fresh = std::random_device{}();
    for (unsigned i = 0; i < 1000 && !testing::Test::HasFailure(); ++i) compare(fresh + i);
}

}  // namespace
}  // namespace confcast::http
