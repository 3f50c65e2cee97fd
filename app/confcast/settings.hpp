// Where the server is and how to talk: flags > environment > context file > default.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace confcast::cli {

/// The files of TLS, for servers that are named with https.
struct TlsFiles {
    std::string ca_file{};      // "" = the system's CAs
    std::string certificate{};  // who the user is
    std::string key{};
};

/// A named server with what it takes to use it.
struct ServerContext {
    std::string server{};  // several: separated by commas
    std::string token{};
    TlsFiles tls{};
};

/// `contexts.json` in the configuration directory: mode 0600, because it holds tokens.
struct Contexts {
    std::string current{};
    std::map<std::string, ServerContext> all{};
};

/// Looks into the environment; replaced in tests.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// $XDG_CONFIG_HOME/confcast, else $HOME/.config/confcast.
std::filesystem::path config_directory(const Environment& environment);
/// Empty when there is no file. Throws Stop when it cannot be read, is no contexts file, or can be read by others.
Contexts load_contexts(const std::filesystem::path& directory);
/// In one piece: written beside it, then renamed. Throws Stop.
void save_contexts(const std::filesystem::path& directory, const Contexts& contexts);

/// The first line of a file that nobody else can read. Throws Stop.
std::string read_token(const std::filesystem::path& file);

/// What flags say; unset = they say nothing.
struct FlagSettings {
    std::optional<std::string> server{};
    std::optional<std::string> token{};
    std::optional<std::string> token_file{};
    std::optional<std::string> context{};
    std::optional<std::string> timeout{};
    std::optional<std::string> ca_file{};
    std::optional<std::string> certificate{};
    std::optional<std::string> key{};
    bool insecure = false;
};

struct Settings {
    std::vector<std::string> servers{};
    std::string token{};
    std::chrono::milliseconds timeout{10'000};
    TlsFiles tls{};
    bool insecure = false;  // take whoever answers for the server; never from a context, where it would be forgotten
};

/// Throws Stop: a context that is not there, a time-out that does not parse, a token's file that cannot be used.
Settings settle(const FlagSettings& flags, const Environment& environment, const Contexts& contexts);

}  // namespace confcast::cli
