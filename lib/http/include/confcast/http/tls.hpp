// TLS for a server's connections: a certificate, its key and what is asked of clients, read from files once and then
// never changed. A reload is a new context: connections that are open keep the one they began with.
// OpenSSL is behind it, and stays there.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"

namespace confcast::http {

struct TlsOptions {
    std::filesystem::path certificate_file;  // PEM: the server's certificate, then those between it and its CA
    std::filesystem::path key_file;          // PEM, without a passphrase, not readable by others
    std::filesystem::path client_ca_file;    // PEM: who may sign clients' certificates; empty = none is asked for
    bool require_client_certificate = false;
    std::string min_version = "1.2";  // or "1.3"
};

class TlsContext {
  public:
    /// Reads and checks the files. Error: invalid_parameter, its detail "reason" is a sentence that says what to do. A
    /// certificate whose time is not `now` is one.
    static Result<std::shared_ptr<const TlsContext>> load(const TlsOptions& options, SystemTime now);

    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    /// The first moment at which the certificate is not valid any more.
    SystemTime expires() const;
    /// What to tell the operator although it works (the certificate ends within 14 days); "" when there is nothing.
    const std::string& warning() const;

    /// For lib/http alone.
    struct Impl;
    const Impl& impl() const { return *impl_; }

  private:
    explicit TlsContext(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::http
