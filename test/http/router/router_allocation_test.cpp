// find() is on the path of every request: it takes no memory, whatever it finds.
#include <cstdlib>
#include <new>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define CONFCAST_THREAD_SANITIZER 1
#include <sanitizer/allocator_interface.h>
#endif
#endif

#include "check_requests.hpp"

namespace {
std::size_t allocations = 0;
}

// The whole test binary counts.
#ifdef CONFCAST_THREAD_SANITIZER
// Its runtime defines operator new itself, and has hooks instead.
namespace {
[[maybe_unused]] const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++allocations; }, [](const volatile void*) {});
}  // namespace
#else
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace confcast::http {
namespace {

using enum Method;

std::size_t allocations_of(const Router& router, Method method, std::string_view path,
                           Router::Match::Outcome expected) {
    const std::size_t before = allocations;
    const Router::Match match = router.find(method, path);
    const std::size_t made = allocations - before;
    EXPECT_EQ(match.outcome, expected) << path;
    return made;
}

TEST(RouterAllocation, TheCounterCounts) {
    const std::size_t before = allocations;
    void* memory = ::operator new(100);  // a call that no compiler leaves out
    EXPECT_EQ(allocations, before + 1);
    ::operator delete(memory);
}

TEST(RouterAllocation, FindAllocatesNothing) {
    using Outcome = Router::Match::Outcome;
    const Router router = make_router({{get, "/api/v1/config"},
                                       {put, "/api/v1/config/*key"},
                                       {get, "/:a/:b/:c/:d/:e/:f/:g/:h"},
                                       {get, "/a/very/long/static/path/that/fits/no/small/string"}});
    EXPECT_EQ(allocations_of(router, get, "/api/v1/config", Outcome::found), 0U);
    EXPECT_EQ(allocations_of(router, put, "/api/v1/config/" + std::string(500, 'k'), Outcome::found), 0U);
    EXPECT_EQ(allocations_of(router, head, "/1/2/3/4/5/6/7/8", Outcome::found), 0U);
    EXPECT_EQ(allocations_of(router, get, "/a/very/long/static/path/that/fits/no/small/string", Outcome::found), 0U);
    EXPECT_EQ(allocations_of(router, get, "/nowhere/to/be/found/" + std::string(500, 'x'), Outcome::not_found), 0U);
    EXPECT_EQ(allocations_of(router, post, "/api/v1/config/a", Outcome::method_not_allowed), 0U);
}

}  // namespace
}  // namespace confcast::http
