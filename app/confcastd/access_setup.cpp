#include "access_setup.hpp"

#include <algorithm>

#include "settings/setting.hpp"

namespace confcast::app {
namespace {

bool is_origin(std::string_view text) {
    if (text == "*") return true;
    for (const std::string_view scheme : {"http://", "https://"})
        if (text.starts_with(scheme) && text.size() > scheme.size())
            return text.find_first_of("/?# ,", scheme.size()) == std::string_view::npos;
    return false;
}

}  // namespace

void declare_access(Settings& settings, AccessSetup& setup, api::ApiOptions& api) {
    settings.section("access", "Who may do what");
    settings.file("--credentials", setup.credentials,
                  "Tokens, certificates' names and what everybody may do (confcast token new --file)");
    settings.on("--stored-tokens", setup.stored_tokens,
                "Ask for a credential though there is no such file: tokens are in the store (confcast token new)");
    settings.file("--jwt-keys", setup.jwt_keys, "Keys that sign JWTs: PEM, a JWK set, or an HS256 secret");
    settings.word("--jwt-issuer", setup.jwt_issuer, "The iss that a JWT must have", "TEXT").live();
    settings.word("--jwt-audience", setup.jwt_audience, "The aud that a JWT must have", "TEXT").live();
    settings
        .word("--jwt-claim", setup.jwt_claim, "The claim that lists permissions; without it, words of scope", "NAME")
        .live();
    settings
        .words("--allow-origin", api.allowed_origins,
               "Pages of this origin may use the server from a browser, such as https://app.example.com; repeatable",
               "ORIGIN")
        .live();
    settings.word(
        "--audit", setup.audit,
        "Where audit lines go: a file, stderr or off; default: stderr when credentials are asked for, else off",
        "WHERE");
    settings.on("--open-metrics", api.open_metrics, "/metrics and ?verbose without a credential").live();

    settings.section("limits", "How much and how often");
    settings
        .count("--address-rate", api.address_rate.per_second,
               "Requests a second from one address, loopback aside; 0 = no limit, here and below", 0)
        .live();
    settings.count("--address-burst", api.address_rate.burst, "… and at once after a rest").live();
    settings.count("--principal-rate", api.principal_rate.per_second, "Requests a second of one principal", 0).live();
    settings.count("--principal-burst", api.principal_rate.burst, "… and at once after a rest").live();
    settings
        .count("--namespace-write-rate", api.namespace_write_rate.per_second,
               "Writes a second to one namespace (a key's first segment)", 0)
        .live();
    settings.count("--namespace-write-burst", api.namespace_write_rate.burst, "… and at once after a rest").live();
    settings.count("--namespace-keys", api.max_namespace_keys, "Settings of one namespace", 0).live();
    settings.bytes("--namespace-bytes", api.max_namespace_bytes, "Bytes of their keys and values", 0).live();
    settings
        .bytes("--memory-budget", setup.memory_budget,
               "Bytes of memory beyond which streams and writes are refused; 0 = four fifths of what there is", 0)
        .live();
}

std::string check_access(const AccessSetup& setup, const api::ApiOptions& api, bool no_auth) {
    if (no_auth && setup.asks())
        return "--insecure-no-auth and credentials contradict each other: leave one of them out";
    if (setup.jwt_keys.empty() && !(setup.jwt_issuer.empty() && setup.jwt_audience.empty()))
        return "--jwt-issuer and --jwt-audience are of use with --jwt-keys only";
    for (const std::string& origin : api.allowed_origins)
        if (!is_origin(origin))
            return "--allow-origin wants scheme and host, such as https://app.example.com, or *; not '" + origin + "'";
    return {};
}

}  // namespace confcast::app
