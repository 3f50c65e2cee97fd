#include <confcast/client/client.hpp>
#include <iostream>

int main(int, char** argv) {
    boost::asio::io_context io;
    confcast::client::Client client(io, {.servers = {argv[1]}});  // "http://127.0.0.1:8080"
    const auto watch = client.watch({.prefixes = {"app/"}}, [&](const confcast::client::Change& change) {
        for (const auto& setting : change.events)
            std::cout << setting.key << " = " << (setting.deleted() ? "(deleted)" : setting.value) << std::endl;
    });
    io.run();
}
