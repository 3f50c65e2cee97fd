#include "etcd_setup.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "settings/setting.hpp"

namespace confcast::app {
namespace {

bool is_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    std::string_view host = text.substr(0, colon);
    const bool v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (v6) host = host.substr(1, host.size() - 2);
    if (!v6 && host.find(':') != std::string_view::npos) return false;
    if (host.find_first_of("/@[] \t") != std::string_view::npos) return false;
    unsigned port = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    return parsed.ec == std::errc{} && parsed.ptr == end && port > 0 && port < 65'536;
}

}  // namespace

void declare_etcd(Settings& settings, EtcdSetup& setup) {
    settings.section("etcd", "etcd");
    settings.file("--etcd-ca", setup.ca, "TLS: who signs the members' certificates, PEM");
    settings.file("--etcd-cert", setup.certificate, "TLS: our certificate, PEM");
    settings.file("--etcd-key", setup.key, "TLS: its key, PEM");
    settings.word("--etcd-user", setup.user, "Who we are to etcd; else nobody", "NAME");
    settings.secret("password", setup.password, "That user's password");
    settings.file("--etcd-password-file", setup.password_file, "… or a file whose first line it is");
    settings.duration("--etcd-dial-timeout", setup.dial_timeout, "One attempt to connect");
    settings.duration("--etcd-call-timeout", setup.call_timeout, "One call, however many endpoints are tried");
    settings.choice("--etcd-coalesce-writes", setup.coalesce_writes, {"on", "off"},
                    "Writes that wait for a call go together in the next, in one revision", "on|off");
    settings.duration("--etcd-probe-interval", setup.connect_interval, "Between connects to each endpoint; 0s = never");
    settings.duration("--etcd-probe-timeout", setup.connect_timeout, "For such a connect");
    settings.duration("--etcd-check-interval", setup.ask_interval, "Between test reads from each endpoint; 0s = never");
    settings.count("--etcd-out-after", setup.out_after, "Failures in a row that take an endpoint out");
    settings.count("--etcd-back-after", setup.back_after, "Successes in a row that bring it back");
}

std::string read_etcd(std::string_view endpoints, EtcdSetup& setup) {
    for (;;) {
        const auto comma = endpoints.find(',');
        const std::string_view one = endpoints.substr(0, comma);
        if (!is_endpoint(one))
            return "--store etcd: wants HOST:PORT[,HOST:PORT…], such as etcd:10.0.0.1:2379, not '" + std::string(one) +
                   "'";
        setup.endpoints.emplace_back(one);
        if (comma == std::string_view::npos) break;
        endpoints.remove_prefix(comma + 1);
    }
    if (setup.certificate.empty() != setup.key.empty())
        return "--etcd-cert and --etcd-key go together: one of them is missing";
    if (!setup.certificate.empty() && setup.ca.empty())
        return "--etcd-cert wants --etcd-ca too: without it there is no TLS";
    if (!setup.password.empty() && !setup.password_file.empty())
        return "etcd.password and --etcd-password-file say the same thing twice: leave one of them out";
    if (setup.user.empty() != (setup.password.empty() && setup.password_file.empty()))
        return "--etcd-user and a password (--etcd-password-file, or etcd.password in the file) go together: one of "
               "them is missing";
    for (const auto& [flag, time] : std::array{std::pair("--etcd-dial-timeout", setup.dial_timeout),
                                               std::pair("--etcd-call-timeout", setup.call_timeout),
                                               std::pair("--etcd-probe-timeout", setup.connect_timeout)})
        if (time.count() == 0) return std::string(flag) + " cannot be 0: nothing would ever be in time";
    return {};
}

std::string check_no_etcd(const EtcdSetup& setup) {
    for (const auto& [flag, word] : std::array{
             std::pair("--etcd-ca", &setup.ca), std::pair("--etcd-cert", &setup.certificate),
             std::pair("--etcd-key", &setup.key), std::pair("--etcd-user", &setup.user),
             std::pair("--etcd-password-file", &setup.password_file), std::pair("etcd.password", &setup.password)})
        if (!word->empty()) return std::string(flag) + " is for --store etcd:HOST:PORT only";
    return {};
}

}  // namespace confcast::app
