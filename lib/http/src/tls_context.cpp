#include "tls_context.hpp"

#include <openssl/err.h>

#include <new>

#include "tls_files.hpp"

namespace confcast::http {
namespace {

constexpr std::chrono::hours soon{14 * 24};

// Forward secrecy and authenticated encryption only; of TLS 1.3 everything is that.
constexpr const char* suites_12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* groups = "X25519:P-256:P-384";
constexpr const char* signatures =
    "ecdsa_secp256r1_sha256:ed25519:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:rsa_pss_rsae_sha256:rsa_pss_rsae_"
    "sha384:rsa_pss_rsae_sha512:rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:RSA+SHA256:RSA+SHA384:RSA+"
    "SHA512";
constexpr unsigned char http_11[] = "http/1.1";

/// HTTP/1.1 if it is offered; who offers others only goes on without the extension.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void*) {
    while (offered_length > 0 && offered_length > *offered) {
        const std::string_view name(reinterpret_cast<const char*>(offered + 1), *offered);
        if (name == reinterpret_cast<const char*>(http_11)) {
            *out = offered + 1;
            *length = *offered;
            return SSL_TLSEXT_ERR_OK;
        }
        offered_length -= *offered + 1U;
        offered += *offered + 1U;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

/// False: this OpenSSL does not know one of the names.
bool set_up(SSL_CTX* context, int least) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    // Sessions are in the clients' tickets, none in our memory.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_early_data(context, 0);
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    constexpr unsigned char id[] = "confcast";
    return SSL_CTX_set_min_proto_version(context, least) == 1 && SSL_CTX_set_cipher_list(context, suites_12) == 1 &&
           SSL_CTX_set1_groups_list(context, groups) == 1 && SSL_CTX_set1_sigalgs_list(context, signatures) == 1 &&
           SSL_CTX_set_session_id_context(context, id, sizeof id - 1) == 1;
}

Result<> use_clients(SSL_CTX* context, const TlsOptions& options) {
    if (options.client_ca_file.empty()) {
        if (options.require_client_certificate)
            return tls_problem("to require clients' certificates, name the file of the CAs that may sign them");
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
        return {};
    }
    const int required = options.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
    return use_client_authorities(context, options.client_ca_file);
}

std::string warning_for(SystemTime ends, const TlsOptions& options, SystemTime now) {
    if (ends - now >= soon) return {};
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(ends - now).count();
    const std::string rest = hours < 48 ? std::to_string(hours) + " hours" : std::to_string(hours / 24) + " days";
    return "the certificate " + options.certificate_file.string() + " expires in " + rest +
           "; renew it and send SIGHUP";
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;
SystemTime TlsContext::expires() const { return impl_->expires; }
const std::string& TlsContext::warning() const { return impl_->warning; }

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsOptions& options, SystemTime now) {
    if (options.min_version != "1.2" && options.min_version != "1.3")
        return tls_problem("the least version of TLS is 1.2 or 1.3, not '" + options.min_version + "'");
    auto impl = std::make_unique<Impl>();
    ERR_clear_error();
    impl->native.reset(SSL_CTX_new(TLS_server_method()));
    if (!impl->native) throw std::bad_alloc();
    SSL_CTX* const native = impl->native.get();
    if (!set_up(native, options.min_version == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION))
        return tls_problem("this machine's OpenSSL cannot do what is asked of it");
    const Result<SystemTime> ends = use_certificates(native, options.certificate_file, now);
    if (!ends) return ends.error();
    if (const Result<> key = use_key(native, options.key_file); !key) return key.error();
    if (const Result<> clients = use_clients(native, options); !clients) return clients.error();
    ERR_clear_error();
    impl->expires = *ends;
    impl->warning = warning_for(*ends, options, now);
    return std::shared_ptr<const TlsContext>(new TlsContext(std::move(impl)));
}

}  // namespace confcast::http
