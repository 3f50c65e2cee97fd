// The token that a client comes with, and where a fresh one comes from. Shared by its calls and its stream.
#pragma once

#include <functional>
#include <string>

namespace confcast::client {

class Credential {
  public:
    Credential() = default;
    Credential(std::string token, std::function<std::string()> source)
        : token_(std::move(token)), source_(std::move(source)) {}

    /// "" = none. Asks the source when there is none yet.
    const std::string& token();
    /// For a new connection: asks the source, unless a token has been asked for and not been used since.
    const std::string& for_connection();
    /// `refused` is good no more, or soon: asks the source, unless there is another token already. Whether there is
    /// another one now.
    bool renew(const std::string& refused);
    /// The user's own word.
    void set(std::string token);

  private:
    void ask();

    std::string token_;
    std::function<std::string()> source_;
    bool unused_ = false;  // what the source gave last
};

}  // namespace confcast::client
