// Writes to an embedded store from many coroutines at once and says on stdout what was acknowledged, until it is
// killed. Usage: crash_writer DIRECTORY ROUND [TAIL]
// TAIL: so many rows at most wait for the key index, and they are moved into it a few at a time.
//
// Worker w's n-th transaction puts ROUND/w/a, b and c to n and makes ROUND/log/w/n; then the line "w n revision".
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "confcast/base/clock.hpp"
#include "confcast/store/embedded.hpp"

namespace {

namespace asio = confcast::asio;
namespace store = confcast::store;
using confcast::Awaitable;

constexpr int workers = 16;

store::Transaction transaction_of(const std::string& round, const std::string& worker, const std::string& n) {
    store::Transaction transaction;
    for (const char* name : {"a", "b", "c"}) transaction.puts.push_back({round + "/" + worker + "/" + name, n, 0});
    transaction.puts.push_back({round + "/log/" + worker + "/" + n, std::string(300, 'v'), 0});
    return transaction;
}

Awaitable<> run_worker(store::Store& db, std::string round, int id) {
    const auto worker = std::to_string(id);
    for (int n = 1;; ++n) {
        const auto result = co_await db.commit(transaction_of(round, worker, std::to_string(n)));
        if (!result) ::_exit(3);
        const auto line = worker + " " + std::to_string(n) + " " + std::to_string(result->revision) + "\n";
        if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(4);
        // Now and then history is forgotten too: what a crash meets may be half freed.
        if (id == 0 && n % 20 == 0) {
            [[maybe_unused]] const auto compacted = co_await db.compact(result->revision);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3 || argc > 4) return 2;
    asio::io_context io{1};
    const confcast::SystemClock clock;
    confcast::NullLog log;
    store::EmbeddedOptions options;
    options.directory = argv[1];
    if (argc == 4) {
        options.max_tail = std::strtoul(argv[3], nullptr, 10);
        options.index_slice = 8;
    }
    auto db = store::EmbeddedStore::open(io.get_executor(), options, clock, log);
    if (!db) {
        std::fprintf(stderr, "%s\n", db.error().to_string().c_str());
        return 1;
    }
    for (int id = 0; id < workers; ++id) asio::co_spawn(io, run_worker(**db, argv[2], id), asio::detached);
    io.run();
}
