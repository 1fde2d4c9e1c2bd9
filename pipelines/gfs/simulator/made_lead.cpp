// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/made_lead.hpp"

#include "simulator/grib_packer.hpp"

#include <algorithm>
#include <cmath>

namespace gfs::simulator {
namespace {

using Fields = std::vector<SyntheticField>;
using Values = std::vector<std::vector<float>>;

/// The span of time that a lead's file speaks about, in hours since 1970.
struct ForecastSpan {
    double analysis;
    double bucket;  ///< its begin
    double lead;

    double hours() const { return lead - bucket; }
};

/// Feeds one moment of the weather into a field.
void accumulate(const SyntheticField& field, const std::vector<Point>& points, std::vector<float>& values) {
    const auto value = field.value;
    switch (field.statistic) {
        case TimeStatistic::average:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] += value(points[i]);
            break;
        case TimeStatistic::maximum:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = std::max(values[i], value(points[i]));
            break;
        case TimeStatistic::minimum:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = std::min(values[i], value(points[i]));
            break;
        default:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = value(points[i]);
    }
}

void divide(std::vector<float>& values, double divisor) {
    for (auto& value : values) value /= static_cast<float>(divisor);
}

float initial_value(TimeStatistic statistic) {
    if (statistic == TimeStatistic::maximum) return -INFINITY;
    return statistic == TimeStatistic::minimum ? INFINITY : 0.0F;
}

/// Averages are those of the middles of the bucket's hours; extremes are looked for there and at the lead.
void accumulate_bucket(const Weather& weather, const Fields& fields, const ForecastSpan& span, Values& values) {
    for (double middle = span.bucket + 0.5; middle < span.lead; ++middle) {
        const auto points = weather.at(middle);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].value != nullptr && fields[i].statistic != TimeStatistic::instant) {
                accumulate(fields[i], points, values[i]);
            }
        }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].statistic == TimeStatistic::average) divide(values[i], span.hours());
    }
}

void sample_lead(const Weather& weather, const Fields& fields, const ForecastSpan& span, Values& values) {
    const auto points = weather.at(span.lead);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].value != nullptr && fields[i].statistic != TimeStatistic::average)
            accumulate(fields[i], points, values[i]);
    }
}

void accumulate_rain(const Weather& weather, const Fields& fields, const ForecastSpan& span, Values& values) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].value != nullptr) continue;
        const double from = fields[i].statistic == TimeStatistic::run_total ? span.analysis : span.bucket;
        values[i] = weather.rain().amount(from, span.lead, fields[i].rain);
        if (fields[i].statistic == TimeStatistic::bucket_rate) divide(values[i], span.hours() * 3600);
    }
}

}  // namespace

Values synthetic_values(const Weather& weather, const FileKey& key, FieldSet set) {
    constexpr double drift = 0.1;  // hours from revision to revision
    const auto analysis = static_cast<double>(key.cycle.time_since_epoch().count()) + drift * (key.revision - 1);
    const ForecastSpan span{
        .analysis = analysis, .bucket = analysis + bucket_start(key.lead), .lead = analysis + key.lead};
    const auto fields = synthetic_fields(key.lead, set);
    Values values;
    for (const auto& field : fields) values.emplace_back(weather.grid().size(), initial_value(field.statistic));
    accumulate_bucket(weather, fields, span, values);
    sample_lead(weather, fields, span, values);
    accumulate_rain(weather, fields, span, values);
    return values;
}

std::string synthetic_file(const Weather& weather, const FileKey& key, FieldSet set) {
    const auto fields = synthetic_fields(key.lead, set);
    auto values = synthetic_values(weather, key, set);
    std::string file;
    for (std::size_t i = 0; i < fields.size(); ++i) file += pack_field(fields[i], weather.grid(), key, values[i]);
    return file;
}

}  // namespace gfs::simulator
