#include "certificate_name.hpp"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace confcast::http {
namespace {

struct Free {
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

/// A NUL in it would make two names look alike, a line break would forge a line of a log.
std::string name_from(const ASN1_STRING* text) {
    if (text == nullptr) return {};
    const auto* const bytes = ASN1_STRING_get0_data(text);
    std::string name(bytes, bytes + ASN1_STRING_length(text));
    const bool sane = std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7F; });
    return sane ? name : std::string();
}

std::string alternative_name(const GENERAL_NAMES* names, int type) {
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        int found = 0;
        const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &found);
        if (found == type) return name_from(static_cast<const ASN1_STRING*>(value));
    }
    return {};
}

std::string common_name(const X509* certificate) {
    const X509_NAME* const subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    return at < 0 ? std::string() : name_from(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

}  // namespace

std::string name_of_client(const SSL* ssl) {
    const std::unique_ptr<X509, Free> certificate(SSL_get1_peer_certificate(ssl));
    if (!certificate || SSL_get_verify_result(ssl) != X509_V_OK) return {};
    const std::unique_ptr<GENERAL_NAMES, Free> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    if (names) {
        for (const int type : {GEN_URI, GEN_DNS})
            if (std::string name = alternative_name(names.get(), type); !name.empty()) return name;
    }
    return common_name(certificate.get());
}

}  // namespace confcast::http
