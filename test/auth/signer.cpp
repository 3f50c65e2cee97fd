#include "signer.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "confcast/base/base64.hpp"

namespace confcast::auth::test {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void expect(bool good) {
    if (!good) throw std::runtime_error("OpenSSL does not do what the test wants");
}

template <class Write>
std::string written(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
    expect(write(bio.get()) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string number(EVP_PKEY* key, const char* name, int size = 0) {
    BIGNUM* value = nullptr;
    expect(EVP_PKEY_get_bn_param(key, name, &value) == 1);
    std::string out(static_cast<std::size_t>(size != 0 ? size : BN_num_bytes(value)), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
    BN_free(value);
    return out;
}

std::string to_raw(std::string_view der) {
    const unsigned char* begin = bytes_of(der);
    ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size()));
    expect(signature != nullptr);
    std::string out(64, '\0');
    auto* at = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), at, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), at + 32, 32);
    ECDSA_SIG_free(signature);
    return out;
}

std::string sign_with(EVP_PKEY* key, std::string_view message, bool pss) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* inner = nullptr;
    expect(EVP_DigestSignInit(context, &inner, EVP_sha256(), nullptr, key) == 1);
    if (pss) expect(EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) == 1);
    std::size_t size = 0;
    expect(EVP_DigestSign(context, nullptr, &size, bytes_of(message), message.size()) == 1);
    std::string out(size, '\0');
    expect(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, bytes_of(message),
                          message.size()) == 1);
    out.resize(size);
    EVP_MD_CTX_free(context);
    return out;
}

std::string header(const std::string& alg, const std::string& more) { return R"({"alg":")" + alg + '"' + more + '}'; }

}  // namespace

KeyPair KeyPair::rsa(unsigned bits, unsigned long exponent) {
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
    BIGNUM* e = BN_new();
    BN_set_word(e, exponent);
    EVP_PKEY* key = nullptr;
    expect(EVP_PKEY_keygen_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_keygen_bits(context, static_cast<int>(bits)) == 1 &&
           EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e) == 1 && EVP_PKEY_keygen(context, &key) == 1);
    BN_free(e);
    EVP_PKEY_CTX_free(context);
    return KeyPair(key);
}

KeyPair KeyPair::ec(const char* curve) { return KeyPair(EVP_EC_gen(curve)); }
KeyPair KeyPair::ed25519() { return KeyPair(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

std::string KeyPair::public_pem() const {
    return written([&](BIO* out) { return PEM_write_bio_PUBKEY(out, key_.get()); });
}
std::string KeyPair::private_pem() const {
    return written(
        [&](BIO* out) { return PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}
std::string KeyPair::public_der() const {
    return written([&](BIO* out) { return i2d_PUBKEY_bio(out, key_.get()); });
}

std::string KeyPair::jwk(const std::string& more) const {
    if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA)
        return R"({"kty":"RSA","n":")" + base64url(number(key_.get(), OSSL_PKEY_PARAM_RSA_N)) + R"(","e":")" +
               base64url(number(key_.get(), OSSL_PKEY_PARAM_RSA_E)) + '"' + more + '}';
    return R"({"kty":"EC","crv":"P-256","x":")" + base64url(number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)) +
           R"(","y":")" + base64url(number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)) + '"' + more + '}';
}

std::string KeyPair::certificate_pem() const {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key_.get());
    expect(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
    return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
}

std::string KeyPair::sign(std::string_view message, bool raw) const {
    const std::string signature = sign_with(key_.get(), message, false);
    return raw && EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_EC ? to_raw(signature) : signature;
}

std::string KeyPair::sign_pss(std::string_view message) const { return sign_with(key_.get(), message, true); }

const KeyPair& rsa_key() {
    static const KeyPair key = KeyPair::rsa(2048);
    return key;
}
const KeyPair& other_rsa_key() {
    static const KeyPair key = KeyPair::rsa(2048);
    return key;
}
const KeyPair& ec_key() {
    static const KeyPair key = KeyPair::ec();
    return key;
}
const KeyPair& other_ec_key() {
    static const KeyPair key = KeyPair::ec();
    return key;
}
const std::string& secret() {
    static const std::string text = "0123456789abcdef-of-thirty-two-b";
    return text;
}

std::string base64url(std::string_view bytes) { return base64url_encode(bytes); }

std::string hmac(std::string_view key, std::string_view message) {
    std::string out(32, '\0');
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(message), message.size(),
         reinterpret_cast<unsigned char*>(out.data()), &size);
    return out;
}

std::string unsigned_token(std::string_view head, std::string_view payload) {
    return base64url(head) + '.' + base64url(payload);
}
std::string with_signature(const std::string& signed_part, std::string_view signature) {
    return signed_part + '.' + base64url(signature);
}

std::string hs256(std::string_view payload, const std::string& more, std::string_view key) {
    const std::string part = unsigned_token(header("HS256", more), payload);
    return with_signature(part, hmac(key, part));
}
std::string rs256(std::string_view payload, const std::string& more, const KeyPair& key) {
    const std::string part = unsigned_token(header("RS256", more), payload);
    return with_signature(part, key.sign(part));
}
std::string es256(std::string_view payload, const std::string& more, const KeyPair& key) {
    const std::string part = unsigned_token(header("ES256", more), payload);
    return with_signature(part, key.sign(part));
}

SystemTime at(std::int64_t seconds) { return SystemTime{std::chrono::seconds{seconds}}; }

std::string claims(const std::string& more) {
    return R"({"sub":"alice","exp":)" + std::to_string(now_s + 600) + more + '}';
}

JwtKeys keys_of(std::string_view bytes) {
    auto keys = JwtKeys::parse(bytes);
    if (!keys) throw std::runtime_error(keys.error().to_string());
    return *std::move(keys);
}

}  // namespace confcast::auth::test
