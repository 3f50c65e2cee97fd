// Metrics: what rooms count in plain integers, gathered under names and written as Prometheus text on request.
// A room knows nothing of this; the application registers how to read its numbers. Nothing is counted here and nothing
// is copied between two expositions. Loop only.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "confcast/base/histogram.hpp"

namespace confcast::observe {

/// Fixed labels of one time series: name and value.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// The current value: called once per exposition, on the loop. What it reads outlives the registry.
using Read = std::function<double()>;

/// The Content-Type of expose().
inline constexpr std::string_view exposition_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// Registering throws std::invalid_argument with a sentence that names the metric when
///  * the name is not `confcast_…` or `process_…` in [a-z0-9_]; a counter's does not end in `_total`, or another's
///  does;
///  * help is empty or has a line break or a backslash;
///  * a label's name is not [a-z_][a-z0-9_]*, begins with `__`, is `le`, or comes twice;
///  * the name is registered with another type or help, or with the same labels.
/// Series of one name stand together, families in the order of their first registration.
class Registry {
  public:
    Registry();
    ~Registry();
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    /// A number that only grows (until the process ends).
    void counter(std::string_view name, std::string_view help, Read read, Labels labels = {});
    /// A number that goes up and down.
    void gauge(std::string_view name, std::string_view help, Read read, Labels labels = {});
    /// A distribution; `histogram` outlives the registry.
    void histogram(std::string_view name, std::string_view help, const Histogram& histogram, Labels labels = {});

    /// All series in the Prometheus text format 0.0.4. Exceptions of a Read pass through.
    std::string expose() const;

    /// Number of time series, a histogram being one.
    std::size_t size() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::observe
