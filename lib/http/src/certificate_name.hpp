// From a client's certificate to the name that it is known by.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace confcast::http {

/// Of the certificate that the handshake has verified: its first URI, else its first DNS name, else its common name.
/// "" when there is none, or when it has a character that no name needs (a control character, one beyond ASCII).
std::string name_of_client(const SSL* ssl);

}  // namespace confcast::http
