// What the configuration says of etcd. Known to every build; only one with etcd can use it (stores.hpp).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::app {

struct EtcdSetup {
    std::vector<std::string> endpoints;  // HOST:PORT; empty: another store is used
    std::string ca;                      // files
    std::string certificate;
    std::string key;
    std::string user;
    std::string password;  // itself, or …
    std::string password_file;
    std::chrono::milliseconds dial_timeout{5'000};
    std::chrono::milliseconds call_timeout{3'000};
    std::chrono::milliseconds connect_interval{2'000};
    std::chrono::milliseconds connect_timeout{500};
    std::chrono::milliseconds ask_interval{10'000};
    std::string coalesce_writes = "off";
    int out_after = 3;
    int back_after = 2;
};

class Settings;
void declare_etcd(Settings& settings, EtcdSetup& setup);

/// What stands behind `etcd:` in --store, and whether the flags go together; a problem, or "".
std::string read_etcd(std::string_view endpoints, EtcdSetup& setup);
/// Another store is used: a flag that would be without effect is a problem.
std::string check_no_etcd(const EtcdSetup& setup);

}  // namespace confcast::app
