// A change that goes to many sessions takes no memory for each of them.
#include <cstdlib>
#include <new>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define CONFCAST_THREAD_SANITIZER 1
#include <sanitizer/allocator_interface.h>
#endif
#endif

#include "stream_test.hpp"

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

namespace confcast::push::test {
namespace {

class StreamAllocation : public StreamTest {};

TEST_F(StreamAllocation, TheCounterCounts) {
    const std::size_t before = allocations;
    void* memory = ::operator new(100);  // a call that no compiler leaves out
    EXPECT_EQ(allocations, before + 1);
    ::operator delete(memory);
}

TEST_F(StreamAllocation, NothingIsAllocatedPerSession) {
    std::vector<FakeTransport*> clients;
    const auto cost_of_a_change = [&] {
        for (int i = 0; i < 3; ++i) {  // everything has its size
            put("a/key", "value");
            for (auto* client : clients) client->complete_all();
        }
        store.put("/config/a/key", "value");
        const auto before = allocations;
        run();
        return allocations - before;
    };
    const auto open_parsing_nothing = [&] {
        clients.push_back(&open_quiet(prefix("a/")));
        clients.back()->parse = false;
    };
    open_parsing_nothing();
    const auto alone = cost_of_a_change();
    for (auto* client : clients) client->complete_all();
    while (clients.size() < 100) open_parsing_nothing();
    const auto in_company = cost_of_a_change();
    for (auto* client : clients) EXPECT_TRUE(client->busy);
    EXPECT_EQ(in_company, alone);
}

}  // namespace
}  // namespace confcast::push::test
