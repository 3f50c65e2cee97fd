// Certificates that are made when a test runs: an authority and what it signs, ECDSA P-256, as PEM files.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace confcast::test {

struct Subject {
    std::string common_name = "localhost";
    /// As OpenSSL writes them: "DNS:localhost", "IP:127.0.0.1", "URI:spiffe://a/b".
    std::vector<std::string> names{"DNS:localhost", "IP:127.0.0.1"};
    std::chrono::seconds begins{-3600};  // from now
    std::chrono::seconds ends{90L * 86'400};
};

struct Issued {
    std::filesystem::path certificate;
    std::filesystem::path key;  // mode 0600
};

class Authority {
  public:
    /// Keeps its files in `directory`, which outlives it.
    explicit Authority(std::filesystem::path directory, std::string name = "ca");
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    const std::filesystem::path& file() const { return file_; }
    /// Written as `name`.pem and `name`.key: at once over what was there.
    Issued issue(const std::string& name, const Subject& subject = {}) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    std::filesystem::path directory_;
    std::filesystem::path file_;
};

}  // namespace confcast::test
