// confcastd(8), from the table of settings.
#include "documents.hpp"

namespace confcast::app {
namespace {

// man(7): a hyphen that is typed, a backslash that is shown, and no line that begins as a request.
std::string roff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '-' || c == '\\')
            out += c == '-' ? "\\-" : "\\e";
        else
            out += c;
    }
    return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

constexpr std::string_view introduction =
    ".SH SYNOPSIS\n"
    ".B confcastd\n[\\fIFLAG\\fR...]\n.br\n"
    ".B confcastd config\ncheck|default|env|effective|doc|man [\\fIFLAG\\fR...]\n.br\n"
    ".B confcastd restore\n\\-\\-store \\fISTORE\\fR \\fIFILE\\fR\n"
    ".SH DESCRIPTION\n"
    "Serves settings over HTTP and pushes each change to whoever listens, over WebSocket, Server\\-Sent Events, lines "
    "of "
    "JSON or long polls. The settings live in etcd or in an embedded store.\n.PP\n"
    "Every setting can be given as a flag, as a variable of the environment and in a file, in this order of strength. "
    "The "
    "file is that of \\fB\\-\\-config\\fR, of \\fBCONFCAST_CONFIG\\fR, or "
    "\\fI/etc/confcast/confcastd.toml\\fR.\n";

constexpr std::string_view rest =
    ".SH SIGNALS\n"
    ".TP\n.B SIGTERM, SIGINT\nNo new connection, streams are told when to come back, answers under way are finished; a "
    "second one ends at once.\n"
    ".TP\n.B SIGHUP\nReads the configuration, credentials, keys and certificates again, and opens the audit file anew. "
    "What "
    "is wrong is not taken.\n"
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nended well\n.TP\n.B 1\ncould not start\n.TP\n.B 2\na flag is wrong\n.TP\n.B 7\nthe configuration is "
    "wrong\n"
    ".SH FILES\n"
    ".I /etc/confcast/confcastd.toml\n.br\n.I /var/lib/confcast\n"
    ".SH SEE ALSO\n.BR confcast (1),\n.BR systemctl (1)\n";

}  // namespace

std::string manual(const Settings& settings, std::string_view version) {
    std::string out = ".TH CONFCASTD 8 \"\" \"confcast " + std::string(version) + "\" \"System Administration\"\n" +
                      ".SH NAME\nconfcastd \\- configuration server\n" + std::string(introduction);
    out += ".SH SETTINGS\n";
    for (const auto& section : settings.sections()) {
        out += ".SS " + roff(section.title) + " \\(em [" + section.name + "]\n";
        for (const Setting& setting : settings.all()) {
            if (setting.section != section.name) continue;
            const std::string name = setting.flag.empty() ? setting.variable() : setting.flag;
            out += ".TP\n\\fB" + roff(name) + "\\fR" +
                   (setting.type.empty() ? "" : " \\fI" + roff(setting.type) + "\\fR") + "\n" + roff(setting.help) +
                   (setting.is_live ? " (live)" : "") + ".\n";
            const std::string otherwise = toml_value(setting.kind, setting.otherwise);
            out += roff(setting.path() + " = " + otherwise) + "\n";
        }
    }
    return out + std::string(rest);
}

}  // namespace confcast::app
