#include "fingerprint.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace confcast::api {

std::string fingerprint(std::initializer_list<std::string_view> parts) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    bool good = hash != nullptr && EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) == 1;
    for (const std::string_view part : parts) {
        const std::string length = std::to_string(part.size()) + ':';
        good = good && EVP_DigestUpdate(hash.get(), length.data(), length.size()) == 1 &&
               EVP_DigestUpdate(hash.get(), part.data(), part.size()) == 1;
    }
    std::array<unsigned char, 32> digest{};
    if (!good || EVP_DigestFinal_ex(hash.get(), digest.data(), nullptr) != 1)
        throw std::runtime_error("SHA-256 cannot be computed");
    std::string out;
    out.reserve(2 * digest.size());
    for (const unsigned char byte : digest) {
        out += "0123456789abcdef"[byte >> 4U];
        out += "0123456789abcdef"[byte & 15U];
    }
    return out;
}

}  // namespace confcast::api
