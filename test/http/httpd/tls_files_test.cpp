// The files that TLS is made of, good and bad: each failure is a sentence that says what to do.
#include <gtest/gtest.h>

#include <fstream>

#include "confcast/base/clock.hpp"
#include "confcast/http/tls.hpp"
#include "confcast/test/certificates.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::test {
namespace {

using std::chrono::hours;

class TlsFiles : public ::testing::Test {
  protected:
    TlsFiles() : authority(files.path()) { use(authority.issue("server")); }
    void use(const Issued& issued) {
        options.certificate_file = issued.certificate;
        options.key_file = issued.key;
    }
    void use_one_that_ends_in(hours time) {
        Subject subject;
        subject.begins = hours{-10'000};
        subject.ends = time;
        use(authority.issue("server", subject));
    }
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::ofstream(files.path() / name) << text;
        std::filesystem::permissions(files.path() / name, std::filesystem::perms(0600));
        return files.path() / name;
    }
    auto load() const { return http::TlsContext::load(options, now); }
    /// load() fails with a sentence that has `words` in it.
    void expect_problem(const std::string& words) const {
        const auto loaded = load();
        ASSERT_FALSE(loaded) << "no problem with: " << words;
        EXPECT_EQ(loaded.error().code(), Errc::invalid_parameter);
        EXPECT_NE(loaded.error().detail("reason").find(words), std::string::npos) << loaded.error().detail("reason");
    }

    TemporaryDirectory files;
    Authority authority;
    http::TlsOptions options;
    SystemTime now = SystemClock().wall();
};

TEST_F(TlsFiles, ThatAreGoodLoadWithoutAWarning) {
    const auto loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().detail("reason");
    EXPECT_EQ((*loaded)->warning(), "");
    EXPECT_GT((*loaded)->expires(), now + hours{24 * 89});
    EXPECT_LE((*loaded)->expires(), now + hours{24 * 90 + 1});
}

TEST_F(TlsFiles, ThatAreMissingAreNamed) {
    options.certificate_file = files.path() / "nowhere.pem";
    expect_problem("nowhere.pem cannot be read: No such file");
    use(authority.issue("server"));
    options.key_file = files.path() / "nowhere.key";
    expect_problem("nowhere.key cannot be read: No such file");
    options.key_file = files.path();
    expect_problem("is no file");
}

TEST_F(TlsFiles, ThatHoldSomethingElseAreRefused) {
    const auto key = options.key_file;
    const auto certificate = options.certificate_file;
    options.certificate_file = key;
    expect_problem("holds no certificate");
    options.certificate_file = certificate;
    options.key_file = write("text.key", "not a key\n");
    expect_problem("holds no private key");
    options.key_file =
        write("locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGj\n-----END ENCRYPTED PRIVATE KEY-----\n");
    expect_problem("passphrase");
    options.key_file = key;
    std::ifstream in(certificate);
    const std::string good{std::istreambuf_iterator<char>(in), {}};
    options.certificate_file =
        write("chain.pem", good + good.substr(0, good.size() / 2) + "\n-----END CERTIFICATE-----\n");
    expect_problem("is damaged");
}

TEST_F(TlsFiles, OfTwoCertificatesDoNotMatch) {
    const Issued other = authority.issue("other");
    options.key_file = other.key;
    expect_problem("is not the certificate's");
}

TEST_F(TlsFiles, AKeyThatOthersCanReadIsRefused) {
    for (const unsigned mode : {0604U, 0602U, 0601U}) {
        std::filesystem::permissions(options.key_file, std::filesystem::perms(mode));
        expect_problem("chmod");
    }
    std::filesystem::permissions(options.key_file, std::filesystem::perms(0640));
    EXPECT_TRUE(load()) << "a group of those who may is usual";
}

TEST_F(TlsFiles, ACertificateWhoseTimeIsNotNowIsRefused) {
    use_one_that_ends_in(hours{-24});
    expect_problem("has expired on ");
    use(authority.issue("server"));
    now -= hours{24 * 365};
    expect_problem("is not valid before ");
}

TEST_F(TlsFiles, ACertificateThatEndsSoonIsWarnedOf) {
    use_one_that_ends_in(hours{24 * 13 + 1});
    auto loaded = load();
    ASSERT_TRUE(loaded);
    EXPECT_NE((*loaded)->warning().find("expires in 13 days"), std::string::npos) << (*loaded)->warning();
    use_one_that_ends_in(hours{5});
    loaded = load();
    ASSERT_TRUE(loaded);
    EXPECT_NE((*loaded)->warning().find("hours"), std::string::npos) << (*loaded)->warning();
    use_one_that_ends_in(hours{24 * 14 + 1});
    EXPECT_EQ((*load())->warning(), "");
}

TEST_F(TlsFiles, OfClientsAuthoritiesAreCheckedToo) {
    options.client_ca_file = files.path() / "nowhere.pem";
    expect_problem("nowhere.pem cannot be read");
    options.client_ca_file = write("empty.pem", "nothing\n");
    expect_problem("holds no certificate");
    options.client_ca_file.clear();
    options.require_client_certificate = true;
    expect_problem("name the file of the CAs");
    options.client_ca_file = authority.file();
    EXPECT_TRUE(load());
}

TEST_F(TlsFiles, AnotherVersionIsRefused) {
    options.min_version = "1.1";
    expect_problem("1.2 or 1.3");
}

}  // namespace
}  // namespace confcast::test
