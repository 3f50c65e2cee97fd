#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <deque>
#include <map>
#include <sstream>

#include "confcast/observe/metrics.hpp"
#include "names.hpp"

namespace confcast::observe {

namespace {

struct Series {
    Labels labels;
    Read read;                             // a counter's or gauge's
    const Histogram* histogram = nullptr;  // a histogram's
};

struct Family {
    Kind kind;
    std::string name;
    std::string help;
    std::vector<Series> series;
};

prometheus::MetricType type_of(Kind kind) {
    switch (kind) {
        case Kind::counter:
            return prometheus::MetricType::Counter;
        case Kind::gauge:
            return prometheus::MetricType::Gauge;
        case Kind::histogram:
            return prometheus::MetricType::Histogram;
    }
    return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric::Histogram sample(const Histogram& histogram) {
    prometheus::ClientMetric::Histogram out;
    out.sample_count = histogram.count();
    out.sample_sum = histogram.sum();
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < histogram.bounds().size(); ++i) {
        cumulative += histogram.counts()[i];
        out.bucket.push_back({cumulative, histogram.bounds()[i]});
    }
    return out;  // the serializer adds +Inf
}

prometheus::ClientMetric sample(Kind kind, const Series& series) {
    prometheus::ClientMetric out;
    for (const auto& [name, value] : series.labels) out.label.push_back({name, value});
    switch (kind) {
        case Kind::counter:
            out.counter.value = series.read();
            break;
        case Kind::gauge:
            out.gauge.value = series.read();
            break;
        case Kind::histogram:
            out.histogram = sample(*series.histogram);
            break;
    }
    return out;
}

bool same_labels(Labels a, Labels b) {
    std::ranges::sort(a);
    std::ranges::sort(b);
    return a == b;
}

}  // namespace

struct Registry::Impl {
    std::deque<Family> families;
    std::map<std::string, Family*, std::less<>> by_name;
    std::size_t size = 0;

    void add(Kind kind, std::string_view name, std::string_view help, Series series) {
        check_metric(kind, name, help, series.labels);
        if (kind != Kind::histogram && !series.read) refuse_metric(name, "has nothing to read");
        Family& family = this->family(kind, name, help);
        for (const Series& other : family.series)
            if (same_labels(other.labels, series.labels))
                refuse_metric(name, "is registered twice with the same labels");
        family.series.push_back(std::move(series));
        ++size;
    }

    Family& family(Kind kind, std::string_view name, std::string_view help) {
        const auto known = by_name.find(name);
        if (known == by_name.end()) {
            Family& fresh = families.emplace_back(Family{kind, std::string(name), std::string(help), {}});
            by_name.emplace(fresh.name, &fresh);
            return fresh;
        }
        Family& family = *known->second;
        if (family.kind != kind || family.help != help)
            refuse_metric(name, "is registered already with another type or help text");
        return family;
    }
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

std::size_t Registry::size() const { return impl_->size; }

void Registry::counter(std::string_view name, std::string_view help, Read read, Labels labels) {
    impl_->add(Kind::counter, name, help, {std::move(labels), std::move(read)});
}

void Registry::gauge(std::string_view name, std::string_view help, Read read, Labels labels) {
    impl_->add(Kind::gauge, name, help, {std::move(labels), std::move(read)});
}

void Registry::histogram(std::string_view name, std::string_view help, const Histogram& histogram, Labels labels) {
    impl_->add(Kind::histogram, name, help, {std::move(labels), {}, &histogram});
}

std::string Registry::expose() const {
    std::vector<prometheus::MetricFamily> all;
    all.reserve(impl_->families.size());
    for (const Family& family : impl_->families) {
        prometheus::MetricFamily& out = all.emplace_back();
        out.name = family.name;
        out.help = family.help;
        out.type = type_of(family.kind);
        out.metric.reserve(family.series.size());
        for (const Series& series : family.series) out.metric.push_back(sample(family.kind, series));
    }
    return prometheus::TextSerializer().Serialize(all);
}

}  // namespace confcast::observe
