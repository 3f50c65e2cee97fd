#include "tls_files.hpp"

#include <fcntl.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>

namespace confcast::http {
namespace {

constexpr std::size_t most_bytes = 1U << 20U;
constexpr unsigned for_others = 07;  // of a file's mode

struct Free {
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Certificate = std::unique_ptr<X509, Free>;

/// Of a secret nothing stays behind in memory that is free.
struct Text {
    std::string bytes;
    Text() = default;
    Text(Text&&) = default;
    Text& operator=(Text&&) = default;
    ~Text() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

Error cannot_read(const std::string& what, const std::filesystem::path& file, int error) {
    return tls_problem("the " + what + " " + file.string() + " cannot be read: " + std::strerror(error));
}

Result<Text> read(const std::string& what, const std::filesystem::path& file, bool secret) {
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // no wait for a pipe's other end
    struct stat facts{};
    if (in.number < 0 || ::fstat(in.number, &facts) != 0) return cannot_read(what, file, errno);
    if (!S_ISREG(facts.st_mode)) return tls_problem("the " + what + " " + file.string() + " is no file");
    if (secret && (facts.st_mode & for_others) != 0)
        return tls_problem(
            "the " + what + " " + file.string() +
            " can be used by every user of this machine; chmod o= it, and make a new key if somebody may have read it");
    Text text;
    text.bytes.resize(most_bytes);
    std::size_t size = 0;
    while (size < most_bytes) {
        const auto n = ::read(in.number, text.bytes.data() + size, most_bytes - size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot_read(what, file, errno);
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
    }
    if (size == most_bytes) return tls_problem("the " + what + " " + file.string() + " is far too large");
    text.bytes.resize(size);
    return text;
}

std::unique_ptr<BIO, Free> source(const Text& text) {
    return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(text.bytes.data(), static_cast<int>(text.bytes.size())));
}

int no_passphrase(char*, int, int, void*) { return 0; }

SystemTime time_from(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::string day_of(SystemTime time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts)};
}

Result<SystemTime> check_time(const X509* certificate, const std::filesystem::path& file, SystemTime now) {
    const SystemTime begins = time_from(X509_get0_notBefore(certificate));
    const SystemTime ends = time_from(X509_get0_notAfter(certificate));
    if (now >= ends)
        return tls_problem("the certificate " + file.string() + " has expired on " + day_of(ends) + "; renew it");
    if (now < begins)
        return tls_problem("the certificate " + file.string() + " is not valid before " + day_of(begins) +
                           "; is this machine's clock right?");
    return ends;
}

/// OpenSSL's last word, which says whether it was too weak, say.
std::string openssl_says() {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return reason == nullptr ? std::string() : ": " + std::string(reason);
}

}  // namespace

Error tls_problem(const std::string& reason) { return Error(Errc::invalid_parameter).with("reason", reason); }

Result<SystemTime> use_certificates(SSL_CTX* context, const std::filesystem::path& file, SystemTime now) {
    const Result<Text> text = read("certificate", file, false);
    if (!text) return text.error();
    const auto in = source(*text);
    const Certificate first(PEM_read_bio_X509_AUX(in.get(), nullptr, no_passphrase, nullptr));
    if (!first) return tls_problem("the file " + file.string() + " holds no certificate (PEM)" + openssl_says());
    const Result<SystemTime> ends = check_time(first.get(), file, now);
    if (!ends) return ends.error();
    if (SSL_CTX_use_certificate(context, first.get()) != 1)
        return tls_problem("the certificate " + file.string() + " cannot be used" + openssl_says());
    for (;;) {
        const Certificate next(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
        if (!next) break;
        if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
            return tls_problem("a certificate behind the first of " + file.string() + " cannot be used" +
                               openssl_says());
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const std::string why = openssl_says();
    if (!at_end) return tls_problem("a certificate behind the first of " + file.string() + " is damaged" + why);
    return *ends;
}

Result<> use_key(SSL_CTX* context, const std::filesystem::path& file) {
    const Result<Text> text = read("key", file, true);
    if (!text) return text.error();
    const std::unique_ptr<EVP_PKEY, Free> key(
        PEM_read_bio_PrivateKey(source(*text).get(), nullptr, no_passphrase, nullptr));
    if (!key) {
        const bool locked = text->bytes.find("ENCRYPTED") != std::string::npos;
        const std::string why = openssl_says();
        return tls_problem("the file " + file.string() +
                           (locked ? " holds a key behind a passphrase; take it off (openssl pkey)"
                                   : " holds no private key (PEM)" + why));
    }
    const EVP_PKEY* const wanted = X509_get0_pubkey(SSL_CTX_get0_certificate(context));
    if (wanted == nullptr || EVP_PKEY_eq(wanted, key.get()) != 1)
        return tls_problem("the key " + file.string() +
                           " is not the certificate's: one of the two files is an old one");
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return tls_problem("the key " + file.string() + " cannot be used" + openssl_says());
    return {};
}

Result<> use_client_authorities(SSL_CTX* context, const std::filesystem::path& file) {
    const Result<Text> text = read("file of clients' CAs", file, false);
    if (!text) return text.error();
    const auto in = source(*text);
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    int count = 0;
    for (;; ++count) {
        const Certificate next(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
        if (!next) break;
        // Told to clients so that they can choose; they may ignore it.
        if (X509_STORE_add_cert(store, next.get()) != 1 || SSL_CTX_add_client_CA(context, next.get()) != 1)
            return tls_problem("a certificate in " + file.string() + " cannot be used" + openssl_says());
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const std::string why = openssl_says();
    if (count == 0 || !at_end)
        return tls_problem("the file of clients' CAs " + file.string() +
                           (at_end ? " holds no certificate (PEM)" : " is damaged" + why));
    return {};
}

}  // namespace confcast::http
