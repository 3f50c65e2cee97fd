#include "connect.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/error.hpp>
#include <string>

#include "failures.hpp"
#include "resolve.hpp"

namespace confcast::client {
namespace {

/// Who the certificate has to be for. An address is asked for by its bytes, a name is told to the server (SNI) too.
bool expect_server(SSL* ssl, const std::string& name, bool verify) {
    boost::system::error_code no_address;
    asio::ip::make_address(name, no_address);
    if (no_address && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return false;
    if (!verify) return true;
    if (no_address) return SSL_set1_host(ssl, name.c_str()) == 1;
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
}

std::string why_not_trusted(SSL* ssl, const std::string& name) {
    const long result = SSL_get_verify_result(ssl);
    switch (result) {
        case X509_V_OK:
            return {};
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "it is not for " + name;
        default:
            return X509_verify_cert_error_string(result);
    }
}

Awaitable<Result<>> shake_hands(Transport& transport, Endpoint endpoint, SteadyTime deadline) {
    SSL* const ssl = transport.tls()->native_handle();
    const Tls& settings = *transport.settings();
    const std::string name = settings.server_name.empty() ? endpoint.host : settings.server_name;
    boost::system::error_code error;
    if (expect_server(ssl, name, settings.verify)) {
        transport.next_layer().expires_at(deadline);
        const auto [failed] = co_await transport.tls()->async_handshake(asio::ssl::stream_base::client, as_result);
        error = failed;
    } else {
        error = asio::error::invalid_argument;
    }
    if (!error) co_return Result<>{};
    Failure failure = failure_from(error, endpoint, "during the TLS handshake");
    const std::string reason = settings.verify ? why_not_trusted(ssl, name) : std::string();
    if (!reason.empty()) {
        failure.kind = FailureKind::unreachable;
        failure.message = "the server's certificate is not trusted: " + reason;
    } else if (failure.kind == FailureKind::lost) {
        failure.kind = FailureKind::unreachable;
        failure.message = "no TLS connection: " + error.message();
    }
    co_return failure;
}

}  // namespace

Failure failure_from(boost::system::error_code error, const Endpoint& endpoint, std::string_view doing) {
    Failure failure;
    failure.server = endpoint.to_string();
    if (error == boost::beast::error::timeout) {
        failure.kind = FailureKind::timed_out;
        failure.message = "the time was over " + std::string(doing);
    } else if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
        failure.kind = FailureKind::cancelled;
        failure.message = "cancelled " + std::string(doing);
    } else {
        failure.kind = FailureKind::lost;
        failure.message = "the connection was lost " + std::string(doing) + ": " + error.message();
    }
    return failure;
}

Awaitable<Result<>> connect(Transport& transport, Endpoint endpoint, SteadyTime deadline) {
    TcpStream& stream = transport.next_layer();
    const Result<Addresses> addresses = co_await resolve(stream.get_executor(), endpoint, deadline);
    if (!addresses) co_return addresses.error();
    stream.expires_at(deadline);
    const auto [error, address] = co_await stream.async_connect(*addresses, as_result);
    if (error) {
        Failure failure = failure_from(error, endpoint, "while connecting");
        if (failure.kind == FailureKind::lost) {
            failure.kind = FailureKind::unreachable;
            failure.message = "no connection: " + error.message();
        }
        co_return failure;
    }
    boost::system::error_code ignored;
    stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    if (transport.tls() != nullptr) {
        const Result<> secured = co_await shake_hands(transport, endpoint, deadline);
        if (!secured) co_return secured;
    }
    stream.expires_never();
    co_return Result<>{};
}

}  // namespace confcast::client
