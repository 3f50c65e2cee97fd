// A server with TLS, and clients that ask for what they like.
#pragma once

#include <openssl/ssl.h>

#include "server_test.hpp"

namespace confcast::test {

using ClientContext = std::shared_ptr<asio::ssl::context>;

class TlsTest : public ServerTest {
  protected:
    TlsTest() {
        if (!is_secure()) use_tls();
        // What the server was told of the connection, in the answer's body.
        handler = [](http::Context& context) -> Awaitable<http::Response> {
            http::Response response;
            response.body =
                (context.request.secure ? "secure " : "plain ") + std::string(context.request.client_certificate);
            co_return response;
        };
    }

    /// A client's context that trusts the test's authority.
    ClientContext client_context() const {
        auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
        context->load_verify_file(authority->file().string());
        context->set_verify_mode(asio::ssl::verify_peer);
        return context;
    }
    /// The same with a certificate of its own.
    ClientContext client_context(const Issued& own) const {
        auto context = client_context();
        context->use_certificate_chain_file(own.certificate.string());
        context->use_private_key_file(own.key.string(), asio::ssl::context::pem);
        return context;
    }
    Client connect_with(ClientContext context) { return {io.get_executor(), server->port(), std::move(context)}; }
    /// The body of one answer, "" when there is none.
    std::string ask(Client& client) {
        run(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        return run(client.answer()).body;
    }
    std::string ask_with(ClientContext context) {
        Client client = connect_with(std::move(context));
        return ask(client);
    }
    /// What is wrong with the handshake; "" when nothing is.
    std::string handshake_with(ClientContext context) {
        Client client = connect_with(std::move(context));
        return run(client.shake_hands());
    }
    static constexpr const char* secure = "secure ";
};

}  // namespace confcast::test
