#include "confcast/http/middleware.hpp"

namespace confcast::http {

std::string_view PathParams::get(std::string_view name) const {
    for (std::size_t i = 0; i < count; ++i)
        if (items[i].name == name) return items[i].value;
    return {};
}

Answer Next::pass(Context& context) const {
    if (rest_.empty()) return (*last_)(context);
    return rest_.front()(context, Next(rest_.subspan(1), *last_));
}

}  // namespace confcast::http
