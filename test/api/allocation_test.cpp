// What an answer from memory costs in allocations: the number is the same on every machine, so it is held here.
#include <cstdlib>
#include <new>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define CONFCAST_THREAD_SANITIZER 1
#include <sanitizer/allocator_interface.h>
#endif
#endif

#include <gtest/gtest.h>

#include "world.hpp"

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

namespace confcast::api {
namespace {

// The request with its headers, the lines that are this answer's own, and nothing for the middlewares.
constexpr std::size_t most_of_a_get = 3;

std::size_t allocations_of_get(World& world, std::string_view path) {
    http::Request request;
    request.target = request.path = path;
    request.headers.push_back({"Host", "127.0.0.1"});
    request.headers.push_back({"User-Agent", "test"});
    request.remote = "127.0.0.1:1";
    http::Context context(request);
    context.started = world.clock.now();
    const std::size_t before = allocations;
    http::Answer answer = world.api.chain().start(context);
    const std::size_t made = allocations - before;
    EXPECT_NE(answer.here(), nullptr) << "it was not answered at once";
    if (answer.here() != nullptr) EXPECT_EQ(answer.here()->status, 200U);
    return made;
}

TEST(Allocation, AGetOfASettingTakesLittle) {
    World world;
    world.log.set_level(LogLevel::warning);
    const std::string path = "/api/v1/config/a/key/that/fits/no/small/string/at/all";
    ASSERT_EQ(world.put(path, R"({"value":"1"})").status, 201U);
    allocations_of_get(world, path);  // makes the answer
    EXPECT_LE(allocations_of_get(world, path), most_of_a_get);
    EXPECT_LE(allocations_of_get(world, path), most_of_a_get);
}

}  // namespace
}  // namespace confcast::api
