// The files of a TlsContext, read and checked, each failure a sentence that says what to do.
#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <string>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"

namespace confcast::http {

/// invalid_parameter with that "reason".
Error tls_problem(const std::string& reason);

/// The first certificate is the server's, the others go with it. The time at which the first one ends.
Result<SystemTime> use_certificates(SSL_CTX* context, const std::filesystem::path& file, SystemTime now);
/// After use_certificates(): it has to fit.
Result<> use_key(SSL_CTX* context, const std::filesystem::path& file);
/// Whose signatures of clients' certificates count.
Result<> use_client_authorities(SSL_CTX* context, const std::filesystem::path& file);

}  // namespace confcast::http
