#include "tls_setup.hpp"

#include <charconv>

#include "settings/setting.hpp"

namespace confcast::app {

void declare_tls(Settings& settings, TlsSetup& setup) {
    settings.section("tls", "TLS");
    settings
        .file("--tls-cert", setup.files.certificate_file,
              "Speak TLS with this certificate and those between it and its CA, PEM; a reload reads it again")
        .live();
    settings.file("--tls-key", setup.files.key_file, "The certificate's key, PEM, not readable by others").live();
    settings.file("--tls-client-ca", setup.files.client_ca_file, "Who may sign the certificates of clients, PEM")
        .live();
    settings.on("--tls-require-client-cert", setup.files.require_client_certificate, "Refuse clients without one")
        .live();
    settings.choice("--tls-min-version", setup.files.min_version, {"1.2", "1.3"}, "1.2 or 1.3", "VERSION").live();
    settings.word("--tls-redirect", setup.redirect,
                  "A port without TLS that only says where the one with TLS is; 0 = any", "PORT");
}

std::string read_tls(TlsSetup& setup) {
    const http::TlsOptions& files = setup.files;
    if (files.certificate_file.empty() != files.key_file.empty()) return "--tls-cert and --tls-key go together";
    const bool more = !files.client_ca_file.empty() || files.require_client_certificate || !setup.redirect.empty();
    if (!setup.wanted())
        return more ? "the flags of TLS are without effect without --tls-cert and --tls-key" : std::string();
    if (files.require_client_certificate && files.client_ca_file.empty())
        return "--tls-require-client-cert needs --tls-client-ca: who may sign them";
    if (setup.redirect.empty()) return {};
    const char* const end = setup.redirect.data() + setup.redirect.size();
    const auto parsed = std::from_chars(setup.redirect.data(), end, setup.redirect_port);
    if (parsed.ec != std::errc{} || parsed.ptr != end)
        return "--tls-redirect wants a port, not '" + setup.redirect + "'";
    return {};
}

}  // namespace confcast::app
