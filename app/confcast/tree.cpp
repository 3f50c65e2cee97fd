#include "tree.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <span>

#include "base64.hpp"
#include "difference.hpp"
#include "words.hpp"
#include "yaml_tree.hpp"

namespace confcast::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t steps_in_one = 50;

[[noreturn]] void bad_dump(const std::string& why) { throw Stop{Exit::invalid, "this is no dump: " + why}; }

std::string text_of(const json::object& entry, std::string_view name) {
    const json::value* value = entry.if_contains(name);
    if (value == nullptr || !value->is_string()) bad_dump("an entry has no text \"" + std::string(name) + '"');
    return std::string(value->get_string());
}

std::string bytes_of_base64(const json::object& entry, std::string_view name) {
    // A value of nothing is left out by etcdctl, and null in Consul's.
    const json::value* value = entry.if_contains(name);
    if (value == nullptr || value->is_null()) return {};
    auto bytes = from_base64(text_of(entry, name));
    if (!bytes) bad_dump("\"" + std::string(name) + "\" is not base64");
    return std::move(*bytes);
}

struct Source {
    const json::array* entries = nullptr;
    bool keys_are_base64 = false;
    bool values_are_base64 = false;
};

Source source_of(const json::value& document) {
    if (document.is_array()) return {&document.get_array(), false, true};  // Consul
    if (!document.is_object()) bad_dump("it is neither an object nor an array");
    const json::object& object = document.get_object();
    if (const json::value* kvs = object.if_contains("kvs"); kvs != nullptr && kvs->is_array())
        return {&kvs->get_array(), true, true};  // etcdctl
    if (const json::value* entries = object.if_contains("entries"); entries != nullptr && entries->is_array())
        return {&entries->get_array(), false, false};
    bad_dump("it has neither \"entries\" nor \"kvs\"");
}

void move_key(std::string& key, const std::string& strip, const std::string& prefix) {
    if (!key.starts_with(strip))
        throw Stop{Exit::invalid, "the key \"" + key + "\" does not begin with \"" + strip + '"'};
    key.replace(0, strip.size(), prefix);
}

class Progress {
  public:
    Progress(const Output& out, std::size_t total) : out_(out), total_(total) {}
    void at(std::size_t done) const {
        if (!out_.colours()) return;  // no terminal, or one that wants no escapes
        constexpr std::size_t width = 30;
        const std::size_t full = total_ == 0 ? width : width * done / total_;
        out_.stream() << "\r[" << std::string(full, '#') << std::string(width - full, '.') << "] " << done << '/'
                      << total_ << (done == total_ ? "\n" : "") << std::flush;
    }

  private:
    const Output& out_;
    std::size_t total_;
};

client::Txn txn_of(std::span<const Step> steps, const std::string& message) {
    client::Txn txn;
    for (const Step& step : steps) {
        txn.compares.push_back({step.key, step.mod_revision});
        if (step.kind == Step::Kind::remove)
            txn.deletes.push_back(step.key);
        else
            txn.puts.push_back({step.key, step.after, {}, {}, message});
    }
    return txn;
}

}  // namespace

Tree read_directory(const fs::path& directory, const std::string& prefix) {
    if (!fs::is_directory(directory)) throw usage_error(directory.string() + " is no directory");
    Tree tree;
    for (auto it = fs::recursive_directory_iterator(directory); it != fs::recursive_directory_iterator(); ++it) {
        if (it->path().filename().string().starts_with('.')) {
            if (it->is_directory()) it.disable_recursion_pending();
        } else if (it->is_regular_file()) {
            tree[prefix + fs::relative(it->path(), directory).generic_string()] = read_file(it->path());
        }
    }
    return tree;
}

Tree read_dump(const std::string& text, const std::string& strip, const std::string& prefix) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && text[first] != '{' && text[first] != '[') {
        Tree moved;
        for (auto& [key, value] : read_yaml_tree(text)) {
            std::string new_key = key;
            move_key(new_key, strip, prefix);
            moved[new_key] = value;
        }
        return moved;
    }
    boost::system::error_code ec;
    const json::value document = json::parse(text, ec);
    if (ec) bad_dump(ec.message());
    const Source source = source_of(document);
    Tree tree;
    for (const json::value& value : *source.entries) {
        if (!value.is_object()) bad_dump("an entry is no object");
        const json::object& entry = value.get_object();
        std::string key = source.keys_are_base64 ? bytes_of_base64(entry, "key") : text_of(entry, "key");
        move_key(key, strip, prefix);
        const bool base64 = source.values_are_base64 || entry.contains("encoding");
        tree[key] = base64 ? bytes_of_base64(entry, "value") : text_of(entry, "value");
    }
    return tree;
}

Plan make_plan(const std::vector<client::Entry>& now, const Tree& wanted, bool prune) {
    Plan plan;
    Tree missing = wanted;
    for (const client::Entry& entry : now) {
        const auto found = missing.find(entry.key);
        if (found == missing.end()) {
            if (prune) plan.push_back({Step::Kind::remove, entry.key, entry.value, "", entry.mod_revision});
            continue;
        }
        if (found->second != entry.value)
            plan.push_back({Step::Kind::replace, entry.key, entry.value, found->second, entry.mod_revision});
        missing.erase(found);
    }
    for (auto& [key, value] : missing) plan.push_back({Step::Kind::create, key, "", std::move(value), 0});
    std::ranges::sort(plan, {}, &Step::key);
    return plan;
}

void print_plan(const Output& out, const Plan& plan, bool with_values) {
    std::size_t counts[3] = {};
    for (const Step& step : plan) {
        ++counts[static_cast<std::size_t>(step.kind)];
        const std::string key = one_line(step.key, 512);
        switch (step.kind) {
            case Step::Kind::create:
                out.stream() << out.green("+ " + key) << '\n';
                break;
            case Step::Kind::replace:
                out.stream() << out.yellow("~ " + key) << '\n';
                break;
            case Step::Kind::remove:
                out.stream() << out.red("- " + key) << '\n';
                break;
        }
        if (with_values) out.stream() << difference_of(out, step.before, step.after);
    }
    out.stream() << counts[0] << " to create, " << counts[1] << " to replace, " << counts[2] << " to delete\n";
}

void carry_out(Shell& shell, const Plan& plan, const std::string& message) {
    const Progress progress(shell.error(), plan.size());
    for (std::size_t done = 0; done < plan.size();) {
        const auto part = std::span(plan).subspan(done, std::min(steps_in_one, plan.size() - done));
        try {
            shell.wait(shell.client().txn(txn_of(part, message)));
        } catch (Stop& stop) {
            stop.message += "; " + std::to_string(done) + " of " + std::to_string(plan.size()) + " steps are done";
            throw;
        }
        done += part.size();
        progress.at(done);
    }
}

}  // namespace confcast::cli
