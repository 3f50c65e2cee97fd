// The credentials of this server, read at the start, and again when their files change or when it is told to. Nothing
// of what is wrong with a new file is taken: the old one goes on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "access_setup.hpp"
#include "confcast/auth/authenticator.hpp"
#include "confcast/auth/credentials_file.hpp"
#include "confcast/base/line_sink.hpp"
#include "confcast/base/log.hpp"

namespace confcast::app {

class AccessControl {
  public:
    /// The log outlives it.
    AccessControl(AccessSetup setup, Log& log);

    /// Reads the files, opens where audit lines go. Error: invalid_parameter ("reason"). Once, before all else.
    Result<> open();

    /// Null when nobody is asked.
    auth::Authenticator* authenticator() { return setup_.asks() ? &authenticator_ : nullptr; }
    /// A line for the audit.
    void audit(std::string_view line);
    std::uint64_t audit_dropped() const { return dropped_before_ + (sink_ ? sink_->dropped() : 0); }

    /// Reads again what has changed: a stat of each file when nothing has. True when the authenticator was told.
    bool poll();
    /// Reads everything again, and opens the audit file anew (it may have been rotated). What could not be taken, as
    /// sentences.
    std::vector<std::string> reload();
    /// What else is asked of a JWT, from the next reload on.
    void change(const AccessSetup& setup);

  private:
    Result<> read_credentials();
    Result<> read_jwt_keys();
    Result<> open_audit();

    AccessSetup setup_;
    Log& log_;
    auth::Authenticator authenticator_;
    std::optional<auth::WatchedFile> credentials_;
    std::optional<auth::WatchedFile> jwt_keys_;
    std::unique_ptr<LineSink> sink_;
    std::uint64_t dropped_before_ = 0;
};

}  // namespace confcast::app
