// Who has started this process: systemd, or something that speaks as it does (sd_notify(3), sd_listen_fds(3),
// sd_watchdog_enabled(3)). Without it everything here does nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "confcast/base/error.hpp"

namespace confcast::app {

/// A socket that listens already, made by the service manager: what it is bound to stays when this process goes.
struct InheritedSocket {
    int descriptor = -1;
    std::string host;
    std::uint16_t port = 0;
};

class ServiceManager {
  public:
    /// Reads the environment.
    ServiceManager();

    /// Whether anybody wants to know.
    bool listens() const { return listens_; }
    /// How often it has to hear a sign of life; nullopt: it does not ask for one.
    std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

    void tell_ready(const std::string& status) const;
    void tell_reloading() const;
    void tell_stopping() const;
    /// A sign of life, with what `systemctl status` shows.
    void tell_alive(const std::string& status) const;

    /// The socket to accept on; nullopt: none was given, the process binds its own. Error: invalid_parameter
    /// ("reason"), when what was given is not one TCP socket that listens.
    static Result<std::optional<InheritedSocket>> inherited_socket();

  private:
    bool listens_ = false;
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace confcast::app
