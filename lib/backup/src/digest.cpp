#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "confcast/backup/dump.hpp"

namespace confcast::backup {
namespace {

EVP_MD_CTX* of(void* context) { return static_cast<EVP_MD_CTX*>(context); }

void must(int result) {
    if (result != 1) throw std::runtime_error("SHA-256 is not to be had");
}

}  // namespace

Digest::Digest() : context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr) throw std::bad_alloc();
    begin();
}

Digest::~Digest() { EVP_MD_CTX_free(of(context_)); }

void Digest::begin() { must(EVP_DigestInit_ex(of(context_), EVP_sha256(), nullptr)); }

void Digest::add(std::string_view bytes) { must(EVP_DigestUpdate(of(context_), bytes.data(), bytes.size())); }

std::string Digest::finish() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    must(EVP_DigestFinal_ex(of(context_), bytes.data(), &size));
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
        out += digits[bytes[i] >> 4U];
        out += digits[bytes[i] & 15U];
    }
    begin();
    return out;
}

}  // namespace confcast::backup
