// From a tree and settings to text.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "confcast/base/utf8.hpp"
#include "template.hpp"

namespace confcast::cli::templates {
namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

/// Ends the rendering; caught in render().
struct Stopped {
    Problem problem;
};

/// Where the innermost range is.
struct Item {
    const std::string& prefix;
    const std::string& key;
    const std::string& value;
};

class Evaluation {
  public:
    Evaluation(const Values& values, const Limits& limits) : values_(values), limits_(limits) {}

    void run(const Nodes& nodes, const Item* item) {
        for (const Node& node : nodes) {
            step(node.place);
            std::visit(Overloaded{[&](const Literal& it) { emit(node.place, it.text); },
                                  [&](const Get& it) { emit(node.place, get(node.place, it)); },
                                  [&](const Json& it) { emit_json(node.place, it.key, value_of(node.place, it.key)); },
                                  [&](const Field& it) { field(node.place, it, *item); },
                                  [&](const If& it) { branch(it, item); },
                                  [&](const Range& it) { range(node.place, it, item); }},
                       node.what);
        }
    }
    std::string take() { return std::move(text_); }

  private:
    void step(const Place& place) {
        if (++steps_ > limits_.steps)
            throw Stopped{
                {Mistake::too_much, place,
                 "this takes more than " + std::to_string(limits_.steps) + " steps: are ranges in each other?"}};
    }
    void emit(const Place& place, std::string_view text) {
        if (text.size() > limits_.text_bytes - text_.size())
            throw Stopped{{Mistake::too_much, place,
                           "the text gets longer than " + std::to_string(limits_.text_bytes) + " bytes"}};
        text_ += text;
    }
    void emit_json(const Place& place, const std::string& key, std::string_view text) {
        if (!is_valid_utf8(text))
            throw Stopped{
                {Mistake::not_text, place, "the value of \"" + key + "\" is no UTF-8, which JSON asks for", key}};
        emit(place, boost::json::serialize(boost::json::value(boost::json::string_view(text))));
    }
    const std::string& value_of(const Place& place, const std::string& key) const {
        const auto found = values_.find(key);
        if (found != values_.end()) return found->second;
        throw Stopped{{Mistake::missing_key, place,
                       "there is no \"" + key + "\": write it, or give a default with {{ get \"" + key + "\" \"…\" }}",
                       key}};
    }
    const std::string& get(const Place& place, const Get& it) const {
        if (it.otherwise && !values_.contains(it.key)) return *it.otherwise;
        return value_of(place, it.key);
    }
    void field(const Place& place, const Field& it, const Item& item) {
        std::string_view text = item.value;
        if (it.name == Field::Name::key) text = item.key;
        if (it.name == Field::Name::name) text = std::string_view(item.key).substr(item.prefix.size());
        if (it.as_json)
            emit_json(place, item.key, text);
        else
            emit(place, text);
    }
    bool holds(const Condition& condition) const {
        const auto found = values_.find(condition.key);
        const bool is = found != values_.end() && (!condition.value || found->second == *condition.value);
        return is != condition.negated;
    }
    void branch(const If& it, const Item* item) {
        for (const Branch& one : it.branches)
            if (!one.condition || holds(*one.condition)) return run(one.body, item);
    }
    void range(const Place& place, const Range& it, const Item* outer) {
        auto at = values_.lower_bound(it.prefix);
        const auto inside = [&] { return at != values_.end() && at->first.starts_with(it.prefix); };
        if (!inside()) return run(it.otherwise, outer);
        for (; inside(); ++at) {
            step(place);
            const Item item{it.prefix, at->first, at->second};
            run(it.body, &item);
        }
    }

    const Values& values_;
    const Limits& limits_;
    std::string text_;
    std::size_t steps_ = 0;
};

}  // namespace

Result<std::string> render(const Nodes& nodes, const Values& values, const Limits& limits) {
    Evaluation evaluation(values, limits);
    try {
        evaluation.run(nodes, nullptr);
    } catch (const Stopped& stopped) {
        return stopped.problem;
    }
    return evaluation.take();
}

void add_uses(const Nodes& nodes, Uses& uses) {
    for (const Node& node : nodes)
        std::visit(Overloaded{[&](const Literal&) {}, [&](const Get& it) { uses.keys.insert(it.key); },
                              [&](const Json& it) { uses.keys.insert(it.key); }, [&](const Field&) {},
                              [&](const If& it) {
                                  for (const Branch& branch : it.branches) {
                                      if (branch.condition) uses.keys.insert(branch.condition->key);
                                      add_uses(branch.body, uses);
                                  }
                              },
                              [&](const Range& it) {
                                  uses.prefixes.insert(it.prefix);
                                  add_uses(it.body, uses);
                                  add_uses(it.otherwise, uses);
                              }},
                   node.what);
}

}  // namespace confcast::cli::templates
