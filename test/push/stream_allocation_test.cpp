// A change that goes to many sessions takes no memory for each of them, and an idle session takes little.
#include <malloc.h>

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
std::size_t bytes = 0;  // in use, as the allocator rounds them
}  // namespace

// The whole test binary counts.
#ifdef CONFCAST_THREAD_SANITIZER
// Its runtime defines operator new itself, and has hooks instead.
namespace {
[[maybe_unused]] const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t size) {
        ++allocations;
        bytes += size;
    },
    [](const volatile void* memory) { bytes -= __sanitizer_get_allocated_size(memory); });
}  // namespace
#else
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) {
        bytes += malloc_usable_size(memory) + sizeof(std::size_t);
        return memory;
    }
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    if (memory != nullptr) bytes -= malloc_usable_size(memory) + sizeof(std::size_t);
    std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept { ::operator delete(memory); }
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

/// Takes everything at once and keeps nothing.
class NoTransport final : public Transport {
  public:
    Framing framing() const override { return Framing::websocket; }
    bool send(std::span<const MessagePtr> /*messages*/) override { return true; }
    void close(const CloseReason& /*reason*/) override {}
    void abort() override {}
    std::uint64_t bytes_accepted() const override { return 0; }
    std::string_view remote() const override { return "203.0.113.7:5123"; }
    TransportEvents* events = nullptr;
};

class IdleSessions : public StreamTest {
  protected:
    static constexpr std::size_t count = 1'000;
    /// Of each of many sessions that have had their snapshot and an update.
    template <class SubscriptionOf>
    std::size_t bytes_of_one(const SubscriptionOf& subscription_of) {
        hub_options.cache_bytes = 0;  // what is kept for others to share is no session's
        hub();
        std::vector<NoTransport> transports(count);
        const auto before = bytes;
        for (std::size_t i = 0; i < count; ++i) transports[i].events = &hub().open(transports[i], subscription_of(i));
        put("a/x", "1");
        hub().tick();
        const auto each = (bytes - before) / count;
        for (auto& transport : transports) transport.events->on_closed();
        return each;
    }
};

TEST_F(IdleSessions, WithTheSameFiltersAreSmall) {
    const auto each = bytes_of_one([](std::size_t) { return prefix("a/"); });
    RecordProperty("bytes", static_cast<int>(each));
    EXPECT_LE(each, 300U);
}

TEST_F(IdleSessions, WithFiltersOfTheirOwnAreNotMuchLarger) {
    const auto each = bytes_of_one([](std::size_t i) { return key("service/of/client/" + std::to_string(i)); });
    RecordProperty("bytes", static_cast<int>(each));
    EXPECT_LE(each, 800U);
}

}  // namespace
}  // namespace confcast::push::test
