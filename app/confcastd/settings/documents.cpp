#include "documents.hpp"

#include <algorithm>

namespace confcast::app {
namespace {

// TOML 1.0, "String": a basic string.
std::string toml_string(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        } else {
            out += c;
        }
    }
    return out + '"';
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string ways(const Setting& setting) {
    return setting.flag.empty() ? setting.variable() : setting.flag + ", " + setting.variable();
}

// For a cell of a table.
std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
    return text;
}

}  // namespace

std::string toml_value(Setting::Kind kind, const Words& words) {
    if (kind == Setting::Kind::list) {
        std::string out = "[";
        for (const std::string& word : words) out += (out.size() > 1 ? ", " : "") + toml_string(word);
        return out + "]";
    }
    const std::string& word = words.front();
    const bool bare = kind == Setting::Kind::truth || (kind == Setting::Kind::number && is_number(word));
    return bare ? word : toml_string(word);
}

std::string default_file(const Settings& settings) {
    std::string out =
        "# The configuration of confcastd. Every setting has its default here: take the # away to change one.\n"
        "# A flag beats a variable of the environment, and that beats this file. Whether it is right:\n"
        "# confcastd config check. What counts, and where it comes from: confcastd config effective.\n"
        "# Settings marked \"live\" are applied by a reload (SIGHUP); the others by a restart.\n";
    for (const auto& section : settings.sections()) {
        out += "\n# ---- " + section.title + "\n[" + section.name + "]\n";
        for (const Setting& setting : settings.all()) {
            if (setting.section != section.name) continue;
            out += "\n# " + setting.help + (setting.is_live ? " (live)" : "") + "\n# " + ways(setting) + "\n#" +
                   setting.name + " = " + toml_value(setting.kind, setting.otherwise) + "\n";
        }
    }
    return out;
}

std::string environment_list(const Settings& settings) {
    std::string out = "# The configuration file: CONFCAST_CONFIG\n";
    for (const Setting& setting : settings.all()) {
        out += "# " + setting.help + "\n" + setting.variable() + "=";
        for (std::size_t i = 0; i < setting.otherwise.size(); ++i) out += (i > 0 ? "," : "") + setting.otherwise[i];
        out += "\n";
    }
    return out;
}

std::string reference(const Settings& settings) {
    std::string out =
        "# Configuration\n\n"
        "*Printed by `confcastd config doc`; a test compares.*\n\n"
        "Every setting can be given in a TOML file, in the environment and on the command line. **A flag beats the\n"
        "environment, that beats the file, and that the default.** The file is `--config FILE`, else "
        "`CONFCAST_CONFIG`,\n"
        "else `/etc/confcast/confcastd.toml` if it exists. Paths are relative to the working directory.\n\n"
        "| command | what it does |\n|---|---|\n"
        "| `confcastd config check` | says everything that is wrong, with file, line and column, and looks into the "
        "files that are named; exit "
        "0 or 7 |\n"
        "| `confcastd config default` | prints a file in which every setting has its default |\n"
        "| `confcastd config env` | prints every variable |\n"
        "| `confcastd config effective` | prints what counts, and where each setting comes from; secrets are masked |\n"
        "| `confcastd config doc` | prints this page; `man` the manual page |\n\n"
        "All of them take the server's flags. A setting that does not exist is a mistake, in the file and in the\n"
        "environment: the server does not start (exit 7).\n\n"
        "**Reload.** SIGHUP (`systemctl reload confcastd`), or `POST /-/reload` where `server.reload_endpoint` is on,\n"
        "reads the file again, and credentials, certificates and keys with it. What is marked *live* is applied at "
        "once,\n"
        "to open connections as far as that has a meaning for them, and no stream ends; of the rest the log (and the\n"
        "answer) says that it takes a restart. A file with a mistake changes nothing.\n\n"
        "**Units.** Durations: `500ms`, `10s`, `5m`, `24h`. Sizes: `4096`, `64KiB`, `1MiB`, `2GiB`. In the "
        "environment\n"
        "a list is separated by commas, and an empty variable is one that is not there.\n\n"
        "**Secrets.** `etcd.password` has no flag, because command lines can be read by others. Where a file is "
        "wanted,\n"
        "`credential:NAME` is what systemd was told to keep under that name (`LoadCredential=`).\n";
    for (const auto& section : settings.sections()) {
        out += "\n## `[" + section.name + "]` " + section.title +
               "\n\n| setting | default | flag | |\n|---|---|---|---|\n";
        for (const Setting& setting : settings.all()) {
            if (setting.section != section.name) continue;
            out += "| `" + setting.name + "` | `" + cell(toml_value(setting.kind, setting.otherwise)) + "` | " +
                   (setting.flag.empty() ? "" : "`" + setting.flag + "`") + " | " + cell(setting.help) +
                   (setting.is_live ? " *(live)*" : "") + " |\n";
        }
    }
    return out;
}

}  // namespace confcast::app
