// What the configuration says of TLS.
#pragma once

#include <cstdint>
#include <string>

#include "confcast/http/tls.hpp"

namespace confcast::app {

struct TlsSetup {
    http::TlsOptions files;
    std::string redirect;             // --tls-redirect as it was written
    std::uint16_t redirect_port = 0;  // once read; 0 with `redirect` empty: none

    /// Whether TLS is spoken at all.
    bool wanted() const { return !files.certificate_file.empty(); }
};

class Settings;
void declare_tls(Settings& settings, TlsSetup& setup);

/// Whether the flags go together and what --tls-redirect means; a problem, or "".
std::string read_tls(TlsSetup& setup);

}  // namespace confcast::app
