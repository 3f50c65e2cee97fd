#include "tls.hpp"

#include <openssl/ssl.h>

#include "failures.hpp"

namespace confcast::client {
namespace {

using boost::system::error_code;

Failure cannot_use(std::string_view what, const std::string& file, const error_code& error) {
    return failure_of(FailureKind::file,
                      "the " + std::string(what) + " " + file + " cannot be used: " + error.message());
}

}  // namespace

Result<std::shared_ptr<Tls>> make_tls(const Options& options) {
    auto tls = std::make_shared<Tls>();
    tls->verify = options.tls_verify;
    tls->server_name = options.tls_server_name;
    auto& context = tls->context;
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(options.tls_verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
    error_code error;
    if (options.tls_verify && options.tls_ca_file.empty()) context.set_default_verify_paths(error);
    if (error) return cannot_use("system's store of CAs", "", error);
    const std::string ca = options.tls_ca_file.string();
    if (!ca.empty()) context.load_verify_file(ca, error);
    if (error) return cannot_use("file of CAs", ca, error);
    if (options.tls_certificate_file.empty() != options.tls_key_file.empty())
        return failure_of(FailureKind::file, "a client's certificate and its key go together: name both files");
    if (options.tls_certificate_file.empty()) return tls;
    const std::string certificate = options.tls_certificate_file.string();
    const std::string key = options.tls_key_file.string();
    context.use_certificate_chain_file(certificate, error);
    if (error) return cannot_use("certificate", certificate, error);
    context.use_private_key_file(key, asio::ssl::context::pem, error);  // checks that it is the certificate's
    if (error) return cannot_use("key", key, error);
    return tls;
}

}  // namespace confcast::client
