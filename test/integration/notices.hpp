// Publishers of notifications, and those who listen.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "watcher.hpp"

namespace confcast::test {

struct Published {
    std::size_t fresh = 0;       // answers 201
    std::size_t duplicates = 0;  // answers 200 that say so
    std::size_t others = 0;
    std::string a_refusal;
};

/// Sends each of `ids` to the topic on a thread for each server, all at once: each server gets every id.
Published publish_everywhere(const std::vector<const Server*>& servers, const std::string& topic,
                             const std::vector<std::string>& ids);
/// Sends one; the answer's status.
unsigned publish(const Server& server, const std::string& topic, const std::string& id);

/// Reads the stream until `count` notifications have come: how often each event id did.
std::map<std::string, int> listen(Watcher& watcher, std::size_t count);

std::vector<std::string> numbered(const std::string& stem, std::size_t count);

}  // namespace confcast::test
