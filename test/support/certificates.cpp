#include "confcast/test/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <random>
#include <stdexcept>

namespace confcast::test {
namespace {

struct Free {
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

void must(bool done) {
    if (!done) throw std::runtime_error("OpenSSL made no certificate");
}

Key make_key() {
    Key key(EVP_EC_gen("P-256"));
    must(key != nullptr);
    return key;
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free> extension(X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
    must(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Certificate begin_certificate(EVP_PKEY* key, const Subject& subject) {
    Certificate certificate(X509_new());
    must(certificate != nullptr);
    X509* const it = certificate.get();
    std::random_device random;
    must(X509_set_version(it, X509_VERSION_3) == 1);
    must(ASN1_INTEGER_set_uint64(X509_get_serialNumber(it), 1U + random()) == 1);
    must(X509_gmtime_adj(X509_getm_notBefore(it), subject.begins.count()) != nullptr);
    must(X509_gmtime_adj(X509_getm_notAfter(it), subject.ends.count()) != nullptr);
    must(X509_set_pubkey(it, key) == 1);
    const auto* const name = reinterpret_cast<const unsigned char*>(subject.common_name.c_str());
    if (!subject.common_name.empty())
        must(X509_NAME_add_entry_by_txt(X509_get_subject_name(it), "CN", MBSTRING_UTF8, name, -1, -1, 0) == 1);
    return certificate;
}

std::string text_of(BIO* bio) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(bio.get(), certificate) == 1);
    return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
    const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(bio.get());
}

void write(const std::filesystem::path& path, const std::string& text) {
    const std::filesystem::path fresh = path.string() + ".new";
    std::ofstream(fresh) << text;
    std::filesystem::permissions(fresh, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::rename(fresh, path);
}

}  // namespace

struct Authority::Impl {
    Key key;
    Certificate certificate;
};

Authority::Authority(std::filesystem::path directory, std::string name)
    : impl_(std::make_unique<Impl>()), directory_(std::move(directory)), file_(directory_ / (name + ".pem")) {
    impl_->key = make_key();
    impl_->certificate = begin_certificate(impl_->key.get(), {"confcast test " + name, {}, {}, {}});
    X509* const it = impl_->certificate.get();
    must(X509_gmtime_adj(X509_getm_notBefore(it), -10L * 86'400) != nullptr);
    must(X509_gmtime_adj(X509_getm_notAfter(it), 100L * 86'400) != nullptr);
    must(X509_set_issuer_name(it, X509_get_subject_name(it)) == 1);
    extend(it, it, NID_basic_constraints, "critical,CA:TRUE");
    extend(it, it, NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(it, it, NID_subject_key_identifier, "hash");
    must(X509_sign(it, impl_->key.get(), EVP_sha256()) != 0);
    write(file_, pem_of(it));
}

Authority::~Authority() = default;

Issued Authority::issue(const std::string& name, const Subject& subject) const {
    const Key key = make_key();
    const Certificate certificate = begin_certificate(key.get(), subject);
    X509* const it = certificate.get();
    X509* const issuer = impl_->certificate.get();
    must(X509_set_issuer_name(it, X509_get_subject_name(issuer)) == 1);
    extend(it, issuer, NID_basic_constraints, "CA:FALSE");
    extend(it, issuer, NID_authority_key_identifier, "keyid");
    std::string names;
    for (const std::string& one : subject.names) names += (names.empty() ? "" : ",") + one;
    if (!names.empty()) extend(it, issuer, NID_subject_alt_name, names);
    must(X509_sign(it, impl_->key.get(), EVP_sha256()) != 0);
    Issued issued{directory_ / (name + ".pem"), directory_ / (name + ".key")};
    write(issued.certificate, pem_of(it));
    write(issued.key, pem_of(key.get()));
    return issued;
}

}  // namespace confcast::test
