#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cctype>

#include "confcast/auth/jwt.hpp"
#include "confcast/base/base64.hpp"
#include "digest.hpp"
#include "file.hpp"
#include "json_web_key.hpp"
#include "jwt_key.hpp"

namespace confcast::auth {
namespace {

constexpr std::size_t max_file_bytes = 256UL << 10U;
constexpr std::string_view pem_mark = "-----BEGIN ";

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

struct PemBlock {
    std::string name;
    std::string der;
};

std::optional<PemBlock> read_block(std::string_view text) {
    const Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (!bio || PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) return std::nullopt;
    PemBlock block{name, std::string(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size))};
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    return block;
}

Pkey key_in(const PemBlock& block) {
    const auto* begin = reinterpret_cast<const unsigned char*>(block.der.data());
    const auto size = static_cast<long>(block.der.size());
    if (block.name == "PUBLIC KEY") return Pkey(d2i_PUBKEY(nullptr, &begin, size));
    if (block.name == "RSA PUBLIC KEY") return Pkey(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &begin, size));
    if (block.name != "CERTIFICATE") return nullptr;
    const Owned<X509> certificate(d2i_X509(nullptr, &begin, size));
    return certificate ? Pkey(X509_get_pubkey(certificate.get())) : nullptr;
}

// A chain of certificates would make signers of all that stand in it, and a file with several keys says which is which
// nowhere: one block.
Result<std::shared_ptr<const JwtKey>> read_pem(std::string_view text) {
    const ErrorGuard guard;
    if (text.find("PRIVATE KEY-----") != std::string_view::npos)
        return key_error("it holds a private key; only the public one belongs here: openssl pkey -pubout");
    if (text.find(pem_mark, text.find(pem_mark) + 1) != std::string_view::npos)
        return key_error("a PEM file holds one key or one certificate; for several keys there are JWK sets");
    const auto block = read_block(text);
    if (!block) return key_error("its PEM cannot be read");
    Pkey key = key_in(*block);
    if (!key) return key_error("its PEM block is no public key and no certificate");
    return JwtKey::make_public(std::move(key), std::nullopt);
}

/// One whole ASN.1 SEQUENCE: what every public key and certificate is in DER.
bool is_der(std::string_view bytes) {
    constexpr unsigned char sequence = 0x30;
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() < 2 || at(0) != sequence) return false;
    if (at(1) < 0x80) return bytes.size() == 2U + at(1);
    const std::size_t count = at(1) & 0x7FU;
    if (count < 1 || count > 3 || bytes.size() < 2 + count) return false;
    std::size_t length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8U | at(2 + i);
    return bytes.size() == 2 + count + length;
}

// Everybody has a public key; as a secret it would let everybody sign. So what looks like one is never a secret.
bool looks_public(std::string_view bytes) {
    if (bytes.starts_with("ssh-") || bytes.starts_with("ecdsa-") || bytes.starts_with("---- BEGIN")) return true;
    if (is_der(bytes)) return true;
    std::string base64;
    for (const char c : bytes)
        if (c != '\n' && c != '\r' && c != ' ' && c != '\t') base64 += c;
    const auto der = base64_decode(base64);
    return der && is_der(*der);
}

Result<std::shared_ptr<const JwtKey>> read_secret(std::string_view bytes) {
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    if (looks_public(bytes))
        return key_error("it looks like a public key, which is no secret; write it as PEM: openssl pkey -pubin");
    return JwtKey::make_secret(std::string(bytes), std::nullopt);
}

bool is_json(std::string_view bytes) {
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (bytes[first] == '{' || bytes[first] == '[');
}

bool have_one_name(const JwtKey& a, const JwtKey& b) {
    return a.kid() && a.kid() == b.kid() && a.algorithm() == b.algorithm();
}

}  // namespace

Result<JwtKeys> JwtKeys::parse(std::string_view bytes) {
    JwtKeys out;
    if (bytes.size() > max_file_bytes) return key_error("it is larger than 256 KiB");
    if (is_json(bytes)) {
        auto read = read_web_keys(bytes);
        if (!read) return read.error();
        out.keys_ = std::move(read->keys);
        out.notes_ = std::move(read->notes);
    } else {
        auto key = bytes.find(pem_mark) != std::string_view::npos ? read_pem(bytes) : read_secret(bytes);
        if (!key) return key.error();
        out.keys_.push_back(*std::move(key));
    }
    if (out.keys_.empty()) return key_error("it has no key that can be used");
    if (out.keys_.size() > max_jwt_keys) return key_error("it has more than 16 keys");
    for (std::size_t i = 0; i < out.keys_.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (have_one_name(*out.keys_[i], *out.keys_[j]))
                return key_error("two keys have one kid: which of them is meant cannot be told");
    return out;
}

Result<JwtKeys> JwtKeys::load(const std::filesystem::path& path) {
    const auto file = read_trusted("jwt_keys", path, max_file_bytes);
    if (!file) return file.error();
    if (!*file) return file_error("jwt_keys", path, "is not there");
    auto keys = parse((*file)->bytes);
    if (!keys) return file_error("jwt_keys", path, "is not taken: " + keys.error().detail("reason"));
    if (keys->has_secret() && (*file)->others_read()) return too_open("jwt_keys", path);
    return keys;
}

bool JwtKeys::has_secret() const {
    return std::any_of(keys_.begin(), keys_.end(),
                       [](const auto& key) { return key->algorithm() == JwtAlgorithm::hs256; });
}

bool JwtKeys::has(std::string_view thumbprint) const {
    return std::any_of(keys_.begin(), keys_.end(), [&](const auto& key) { return key->thumbprint() == thumbprint; });
}

std::optional<std::string> JwtKeys::verify(JwtAlgorithm algorithm, const std::optional<std::string>& kid,
                                           std::string_view signed_part, std::string_view signature) const {
    for (const auto& key : keys_) {
        if (key->algorithm() != algorithm) continue;
        if (kid && key->kid() && *kid != *key->kid()) continue;
        if (key->verify(signed_part, signature)) return key->thumbprint();
    }
    return std::nullopt;
}

}  // namespace confcast::auth
