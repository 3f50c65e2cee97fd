#include "shell.hpp"

#include <boost/json/parse.hpp>
#include <ostream>
#include <utility>

namespace confcast::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view user_agent = "confcast/" CONFCAST_VERSION;

client::Failure failure_of(const client::RawResponse& answer, const json::object& envelope) {
    client::Failure failure;
    failure.kind = client::FailureKind::answered;
    failure.status = answer.status;
    failure.code = envelope.at("code").to_number<std::int32_t>();
    failure.message = envelope.at("message").as_string();
    failure.request_id = answer.request_id;
    failure.server = answer.server;
    return failure;
}

}  // namespace

Shell::Shell(FlagSettings flags, Format format, Environment environment, Output out, Output error)
    : flags_(std::move(flags)), format_(format), environment_(std::move(environment)), out_(out), error_(error) {
    signals_.async_wait([this](const auto& ec, int) { interrupted_ = !ec; });
}

const Settings& Shell::settings() {
    if (!settings_) settings_ = settle(flags_, environment_, load_contexts(config_directory(environment_)));
    return *settings_;
}

client::Client& Shell::client() {
    if (client_) return *client_;
    client::Options options;
    options.servers = settings().servers;
    options.token = settings().token;
    options.timeout = settings().timeout;
    options.tls_ca_file = settings().tls.ca_file;
    options.tls_certificate_file = settings().tls.certificate;
    options.tls_key_file = settings().tls.key;
    options.tls_verify = !settings().insecure;
    options.user_agent = user_agent;
    options.client_id = client_id_;
    try {
        client_ = std::make_unique<client::Client>(io_, std::move(options));
    } catch (const std::invalid_argument& e) {
        throw usage_error(e.what());
    }
    return *client_;
}

void Shell::say_stream_state() {
    const client::Status status = client().status();
    if (status.state == client::StreamState::failed && status.failure) throw stop_for(*status.failure);
    const bool away = status.state == client::StreamState::stale && status.failure.has_value();
    if (away == std::exchange(stream_away_, away)) return;
    error_.stream() << "confcast: "
                    << (away ? status.failure->to_string() + "; trying again" : std::string("connected")) << std::endl;
}

void Shell::run_one(std::optional<SteadyTime> until) {
    if (io_.stopped()) io_.restart();
    if (until)
        io_.run_one_until(*until);
    else
        io_.run_one();
    if (interrupted_) throw Stop{Exit::interrupted};
}

json::value Shell::ask(std::string method, std::string target, std::string body,
                       std::vector<std::pair<std::string, std::string>> headers) {
    client::RawRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.headers = std::move(headers);
    return data_of(wait(client().raw(std::move(request))));
}

json::value Shell::data_of(const client::RawResponse& answer) {
    boost::system::error_code ec;
    const json::value document = json::parse(answer.body, ec);
    const json::object* envelope = ec ? nullptr : document.if_object();
    if (envelope == nullptr || !envelope->contains("code") || !envelope->contains("data"))
        throw Stop{Exit::failed,
                   answer.server + " does not answer as confcast does (HTTP " + std::to_string(answer.status) + ")"};
    if (answer.status >= 400) throw stop_for(failure_of(answer, *envelope));
    return envelope->at("data");
}

}  // namespace confcast::cli
