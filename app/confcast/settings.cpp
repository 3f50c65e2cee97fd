#include "settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "stop.hpp"
#include "units.hpp"

namespace confcast::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t max_token_bytes = 8192;

fs::path file_of(const fs::path& directory) { return directory / "contexts.json"; }

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

ServerContext context_of(const json::object& value) {
    return {text_of(value, "server"),
            text_of(value, "token"),
            {text_of(value, "ca_file"), text_of(value, "certificate"), text_of(value, "key")}};
}

Contexts read_contexts(const json::object& document) {
    Contexts contexts;
    contexts.current = text_of(document, "current");
    for (const auto& [name, value] : document.at("contexts").as_object())
        contexts.all[std::string(name)] = context_of(value.as_object());
    return contexts;
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> out;
    std::istringstream in(list);
    for (std::string one; std::getline(in, one, ',');)
        if (!one.empty()) out.push_back(one);
    return out;
}

std::string first_of(std::initializer_list<std::optional<std::string>> candidates, std::string otherwise) {
    for (const auto& one : candidates)
        if (one && !one->empty()) return *one;
    return otherwise;
}

}  // namespace

fs::path config_directory(const Environment& environment) {
    if (const auto home = environment("XDG_CONFIG_HOME"); home && !home->empty()) return fs::path(*home) / "confcast";
    return fs::path(environment("HOME").value_or(".")) / ".config" / "confcast";
}

Contexts load_contexts(const fs::path& directory) {
    const fs::path file = file_of(directory);
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return {};
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw Stop{Exit::failed, file.string() + " holds tokens and can be read by others: chmod 600 it"};
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    try {
        return read_contexts(json::parse(text.str()).as_object());
    } catch (const std::exception& e) {
        throw Stop{Exit::failed, file.string() + " is no contexts file: " + e.what()};
    }
}

void save_contexts(const fs::path& directory, const Contexts& contexts) {
    json::object all;
    for (const auto& [name, context] : contexts.all) {
        json::object one{{"server", context.server}};
        for (const auto& [member, text] : {std::pair("token", &context.token),
                                           {"ca_file", &context.tls.ca_file},
                                           {"certificate", &context.tls.certificate},
                                           {"key", &context.tls.key}})
            if (!text->empty()) one[member] = *text;
        all[name] = std::move(one);
    }
    const std::string text = json::serialize(json::object{{"current", contexts.current}, {"contexts", all}}) + '\n';
    std::error_code ec;
    fs::create_directories(directory, ec);
    const fs::path file = file_of(directory);
    const fs::path fresh = file.string() + ".new";
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    const bool written = descriptor >= 0 && ::write(descriptor, text.data(), text.size()) == ssize_t(text.size()) &&
                         ::fsync(descriptor) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (written) fs::rename(fresh, file, ec);
    if (!written || ec) throw Stop{Exit::failed, "cannot write " + file.string()};
}

std::string read_token(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status{};
    const bool there = descriptor >= 0 && ::fstat(descriptor, &status) == 0;
    const bool alone = there && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    std::array<char, max_token_bytes + 1> bytes{};
    const ssize_t size = alone ? ::read(descriptor, bytes.data(), bytes.size()) : 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!there || size < 0) throw usage_error("cannot read the token in " + file.string());
    if (!alone) throw Stop{Exit::failed, file.string() + " holds a token and can be used by others: chmod 600 it"};
    std::string token(bytes.data(), static_cast<std::size_t>(size));
    token.resize(std::min(token.size(), token.find_first_of("\r\n")));
    if (token.empty() || token.size() > max_token_bytes)
        throw usage_error("the first line of " + file.string() + " is no token");
    return token;
}

Settings settle(const FlagSettings& flags, const Environment& environment, const Contexts& contexts) {
    const std::string name = first_of({flags.context, environment("CONFCAST_CONTEXT")}, contexts.current);
    ServerContext context;
    if (!name.empty()) {
        const auto found = contexts.all.find(name);
        if (found == contexts.all.end())
            throw usage_error("there is no context \"" + name + "\"; `confcast context ls` lists them");
        context = found->second;
    }
    Settings settings;
    settings.servers =
        split(first_of({flags.server, environment("CONFCAST_SERVER"), context.server}, "http://127.0.0.1:8080"));
    if (flags.token && flags.token_file) throw usage_error("--token or --token-file, not both");
    std::optional<std::string> said = flags.token;
    if (flags.token_file) said = read_token(*flags.token_file);
    settings.token = first_of({said, environment("CONFCAST_TOKEN"), context.token}, "");
    settings.tls.ca_file = first_of({flags.ca_file, environment("CONFCAST_CA_FILE"), context.tls.ca_file}, "");
    // The two go together: a certificate of one place with a key of another would be nobody's.
    TlsFiles own = {{}, environment("CONFCAST_CERT").value_or(""), environment("CONFCAST_KEY").value_or("")};
    if (flags.certificate || flags.key) own = {{}, flags.certificate.value_or(""), flags.key.value_or("")};
    if (own.certificate.empty() && own.key.empty()) own = context.tls;
    settings.tls.certificate = own.certificate;
    settings.tls.key = own.key;
    settings.insecure = flags.insecure || environment("CONFCAST_INSECURE") == "1";
    const std::string timeout = first_of({flags.timeout, environment("CONFCAST_TIMEOUT")}, "10s");
    const auto parsed = app::parse_duration(timeout);
    if (!parsed || parsed->count() == 0)
        throw usage_error("write a time-out such as 500ms or 10s, not \"" + timeout + "\"");
    settings.timeout = *parsed;
    return settings;
}

}  // namespace confcast::cli
