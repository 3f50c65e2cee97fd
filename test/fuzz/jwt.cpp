// JWTs: whatever the bytes, only what was signed with the secret passes, and nothing passes where the key is another.
#include <boost/json.hpp>
#include <string>

#include "confcast/auth/jwt.hpp"
#include "confcast/base/base64.hpp"
#include "signer.hpp"
#include "target.hpp"

namespace confcast::fuzz {
namespace {

namespace test = auth::test;

const auth::JwtVerifier& for_secret() {
    static const auth::JwtVerifier verifier(test::keys_of(test::secret()), {});
    return verifier;
}
const auth::JwtVerifier& for_public_keys() {
    static const auth::JwtVerifier verifier(
        test::keys_of(R"({"keys":[)" + test::rsa_key().jwk() + "," + test::ec_key().jwk() + "]}"), {});
    return verifier;
}

bool passes(const auth::JwtVerifier& verifier, std::string_view token) {
    return verifier.verify(token, test::at(test::now_s)).has_value();
}

bool is_signed(std::string_view token) {
    const auto dot = token.rfind('.');
    return dot != std::string_view::npos &&
           token.substr(dot + 1) == test::base64url(test::hmac(test::secret(), token.substr(0, dot)));
}

/// What its own reading of a header and of claims says of a token that passed.
void check_passed(std::string_view header, std::string_view payload) {
    const auto head = boost::json::parse(header);
    const auto claims = boost::json::parse(payload);
    demand(head.at("alg") == "HS256", "the algorithm is the key's");
    for (const char* name : {"crit", "jku", "jwk", "x5u", "b64"})
        demand(!head.as_object().contains(name), std::string("a header asks for nothing: ") + name);
    demand(claims.at("sub").is_string() && !claims.at("sub").as_string().empty(), "a token is somebody's");
    demand(claims.at("exp").to_number<double>() > static_cast<double>(test::now_s - 61), "a token is not over");
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(jwt) {
    // As it came.
    if (passes(for_secret(), bytes)) demand(is_signed(bytes), "only what was signed passes");
    demand(!passes(for_public_keys(), bytes), "nothing passes that nobody has signed");

    // Signed well, whatever it says: a header, LF, claims.
    Input input(bytes);
    const std::string header(input.line());
    const std::string payload(input.rest());
    const std::string part = test::unsigned_token(header, payload);
    const std::string token = test::with_signature(part, test::hmac(test::secret(), part));
    if (passes(for_secret(), token)) {
        check_passed(header, payload);
        for (std::size_t bit = 0; bit < 8; ++bit) {
            std::string other = token;
            other[(bit * 7 + bytes.size()) % other.size()] ^= static_cast<char>(1U << (bit % 7));
            if (passes(for_secret(), other)) demand(is_signed(other), "a changed token does not pass");
        }
    }
    demand(!passes(for_public_keys(), token), "a secret does not stand for another key");
    // A public key is no secret.
    static const std::string pem = test::rsa_key().public_pem();
    demand(!passes(for_public_keys(), test::with_signature(part, test::hmac(pem, part))), "a public key signs nothing");

    [[maybe_unused]] const auto keys = auth::JwtKeys::parse(bytes);
}
