// What a fuzz target is: a function of some bytes that ends normally whatever they are, and throws when something that
// must always hold does not. Linked with libFuzzer (CONFCAST_FUZZER) it is a program of its own; without, it is one of
// the functions that test_fuzz_corpus runs over the corpus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace confcast::fuzz {

/// A promise was broken.
inline void demand(bool holds, const std::string& promise) {
    if (!holds) throw std::logic_error("broken: " + promise);
}

/// The bytes as a source of choices and texts; at its end it gives zeros and nothing.
class Input {
  public:
    explicit Input(std::string_view bytes) : rest_(bytes) {}
    bool at_end() const { return rest_.empty(); }
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const auto first = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return first;
    }
    /// Up to the next LF, without it.
    std::string_view line() {
        const std::string_view text = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(text.size() < rest_.size() ? text.size() + 1 : text.size());
        return text;
    }
    std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

}  // namespace confcast::fuzz

#ifdef CONFCAST_FUZZER
#define FUZZ_TARGET(name)                                                               \
    namespace confcast::fuzz {                                                          \
    void run_##name(std::string_view bytes);                                            \
    }                                                                                   \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);  \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
        confcast::fuzz::run_##name({reinterpret_cast<const char*>(data), size});        \
        return 0;                                                                       \
    }                                                                                   \
    void confcast::fuzz::run_##name(std::string_view bytes)
#else
#define FUZZ_TARGET(name)                    \
    namespace confcast::fuzz {               \
    void run_##name(std::string_view bytes); \
    }                                        \
    void confcast::fuzz::run_##name(std::string_view bytes)
#endif
