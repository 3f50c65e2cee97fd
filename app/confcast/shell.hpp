// What a command works with: the server, standard output and error, and a way to wait.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>

#include "confcast/client/client.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "stop.hpp"

namespace confcast::cli {

class Shell {
  public:
    /// `flags` are looked at when the server is needed first, so that commands that need none work without.
    Shell(FlagSettings flags, Format format, Environment environment, Output out, Output error);

    const Output& out() const { return out_; }
    const Output& error() const { return error_; }
    const Environment& environment() const { return environment_; }
    const Settings& settings();
    /// What -o says, else what the command does by itself.
    Format format(Format otherwise) const { return format_ == Format::automatic ? otherwise : format_; }
    bool wants_document() const { return format_ == Format::json || format_ == Format::yaml; }

    client::Client& client();
    /// As the server shows it in its list of clients. Before client() is asked for first.
    void set_client_id(std::string id) { client_id_ = std::move(id); }
    /// Waits for a call; what it gives. Throws Stop when it failed or the user interrupts.
    template <class T>
    T wait(Awaitable<client::Result<T>> call) {
        std::optional<client::Result<T>> result;
        asio::co_spawn(io_, keep(std::move(call), result), asio::detached);
        while (!result) run_one();
        if (!*result) throw stop_for(result->error());
        return std::move(**result);
    }
    /// Lets it run beside what is waited for. What it refers to outlives it.
    void start(Awaitable<> work) { asio::co_spawn(io_, std::move(work), asio::detached); }
    /// To standard error, when it changes, whether the client's stream is there: what is old should not look as if all
    /// were well. Throws Stop when it was refused for good.
    void say_stream_state();
    /// One turn of the loop, or until the time. Throws Stop on SIGINT and SIGTERM.
    void run_one(std::optional<SteadyTime> until = std::nullopt);

    /// A request; the envelope's data. Throws Stop: with the envelope's sentence when it is a refusal.
    boost::json::value ask(std::string method, std::string target, std::string body = {},
                           std::vector<std::pair<std::string, std::string>> headers = {});

    /// The data of an answer's envelope. Throws Stop as ask() does.
    static boost::json::value data_of(const client::RawResponse& answer);

  private:
    template <class T>
    static Awaitable<> keep(Awaitable<client::Result<T>> call, std::optional<client::Result<T>>& result) {
        result = co_await std::move(call);
    }

    FlagSettings flags_;
    Format format_;
    Environment environment_;
    Output out_;
    Output error_;
    std::optional<Settings> settings_;
    asio::io_context io_{1};
    asio::signal_set signals_{io_, SIGINT, SIGTERM};
    bool interrupted_ = false;
    bool stream_away_ = false;
    std::string client_id_;
    std::unique_ptr<client::Client> client_;
};

}  // namespace confcast::cli
