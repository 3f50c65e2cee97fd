#include "access_control.hpp"

#include <utility>

namespace confcast::app {

AccessControl::AccessControl(AccessSetup setup, Log& log) : setup_(std::move(setup)), log_(log) {
    if (setup_.audit.empty()) setup_.audit = setup_.asks() ? "stderr" : "off";
    if (!setup_.credentials.empty()) credentials_.emplace(setup_.credentials);
    if (!setup_.jwt_keys.empty()) jwt_keys_.emplace(setup_.jwt_keys);
}

Result<> AccessControl::open() {
    if (const Result<> read = read_credentials(); !read) return read;
    if (const Result<> read = read_jwt_keys(); !read) return read;
    return open_audit();
}

Result<> AccessControl::read_credentials() {
    if (!credentials_) return {};
    Result<auth::Credentials> credentials = auth::load_credentials(setup_.credentials);
    if (!credentials) return credentials.error();
    authenticator_.set_credentials(std::move(*credentials));
    return {};
}

Result<> AccessControl::read_jwt_keys() {
    if (!jwt_keys_) return {};
    Result<auth::JwtKeys> keys = auth::JwtKeys::load(setup_.jwt_keys);
    if (!keys) return keys.error();
    for (const std::string& note : keys->notes()) log_.warning("app", "a JWT key is passed over", {{"note", note}});
    auth::JwtOptions options;
    if (!setup_.jwt_issuer.empty()) options.issuer = setup_.jwt_issuer;
    if (!setup_.jwt_audience.empty()) options.audience = setup_.jwt_audience;
    options.permissions_claim = setup_.jwt_claim;
    authenticator_.set_jwt(std::make_shared<const auth::JwtVerifier>(std::move(*keys), std::move(options)));
    return {};
}

Result<> AccessControl::open_audit() {
    if (setup_.audit == "off") return {};
    std::optional<std::filesystem::path> path;
    if (setup_.audit != "stderr") path = setup_.audit;
    Result<std::unique_ptr<LineSink>> sink = open_line_sink(path);
    if (!sink) return sink.error();
    if (sink_) dropped_before_ += sink_->dropped();
    sink_ = std::move(*sink);
    return {};
}

void AccessControl::audit(std::string_view line) {
    if (sink_) sink_->write(line);
}

bool AccessControl::poll() {
    bool told = false;
    const auto take = [&](const Result<>& read, std::string_view file) {
        if (read) {
            told = true;
            log_.info("app", "credentials were read again", {{"file", file}});
        } else {
            log_.error("app", "new credentials cannot be taken: the old ones go on",
                       {{"file", file}, {"reason", read.error().detail("reason")}});
        }
    };
    if (credentials_ && credentials_->changed()) take(read_credentials(), setup_.credentials);
    if (jwt_keys_ && jwt_keys_->changed()) take(read_jwt_keys(), setup_.jwt_keys);
    return told;
}

void AccessControl::change(const AccessSetup& setup) {
    setup_.jwt_issuer = setup.jwt_issuer;
    setup_.jwt_audience = setup.jwt_audience;
    setup_.jwt_claim = setup.jwt_claim;
}

std::vector<std::string> AccessControl::reload() {
    std::vector<std::string> problems;
    for (const Result<>& read :
         {read_credentials(), read_jwt_keys(), setup_.audit == "stderr" ? Result<>{} : open_audit()})
        if (!read) problems.push_back(read.error().detail("reason"));
    return problems;
}

}  // namespace confcast::app
