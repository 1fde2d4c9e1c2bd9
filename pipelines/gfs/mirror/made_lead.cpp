// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/made_lead.hpp"

#include "mirror/pack.hpp"

#include <algorithm>
#include <cmath>

namespace gfs::mirror {
namespace {

using Fields = std::vector<MadeField>;
using Values = std::vector<std::vector<float>>;

/// The span of time that a lead's file speaks about, in hours since 1970.
struct Span {
    double analysis;
    double bucket;  ///< its begin
    double lead;

    double hours() const { return lead - bucket; }
};

/// Feeds one moment of the weather into a field.
void take(const MadeField& field, const std::vector<Point>& points, std::vector<float>& values) {
    const auto value = field.value;
    switch (field.telling) {
        case Telling::average:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] += value(points[i]);
            break;
        case Telling::maximum:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = std::max(values[i], value(points[i]));
            break;
        case Telling::minimum:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = std::min(values[i], value(points[i]));
            break;
        default:
            for (std::size_t i = 0; i < points.size(); ++i) values[i] = value(points[i]);
    }
}

void divide(std::vector<float>& values, double divisor) {
    for (auto& value : values) value /= static_cast<float>(divisor);
}

float first_value(Telling telling) {
    if (telling == Telling::maximum) return -INFINITY;
    return telling == Telling::minimum ? INFINITY : 0.0F;
}

/// Averages are those of the middles of the bucket's hours; extremes are looked for there and at the lead.
void take_bucket(const Weather& weather, const Fields& fields, const Span& span, Values& values) {
    for (double middle = span.bucket + 0.5; middle < span.lead; ++middle) {
        const auto points = weather.at(middle);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].value != nullptr && fields[i].telling != Telling::instant) {
                take(fields[i], points, values[i]);
            }
        }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].telling == Telling::average) divide(values[i], span.hours());
    }
}

void take_lead(const Weather& weather, const Fields& fields, const Span& span, Values& values) {
    const auto points = weather.at(span.lead);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].value != nullptr && fields[i].telling != Telling::average) take(fields[i], points, values[i]);
    }
}

void take_rain(const Weather& weather, const Fields& fields, const Span& span, Values& values) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].value != nullptr) continue;
        const double from = fields[i].telling == Telling::run_total ? span.analysis : span.bucket;
        values[i] = weather.rain().amount(from, span.lead, fields[i].rain);
        if (fields[i].telling == Telling::bucket_rate) divide(values[i], span.hours() * 3600);
    }
}

}  // namespace

Values made_values(const Weather& weather, const Slot& slot, FieldSet set) {
    constexpr double drift = 0.1;  // hours from revision to revision
    const auto analysis = static_cast<double>(slot.cycle.time_since_epoch().count()) + drift * (slot.revision - 1);
    const Span span{
        .analysis = analysis, .bucket = analysis + bucket_start(slot.lead), .lead = analysis + slot.lead};
    const auto fields = made_fields(slot.lead, set);
    Values values;
    for (const auto& field : fields) values.emplace_back(weather.grid().size(), first_value(field.telling));
    take_bucket(weather, fields, span, values);
    take_lead(weather, fields, span, values);
    take_rain(weather, fields, span, values);
    return values;
}

std::string made_file(const Weather& weather, const Slot& slot, FieldSet set) {
    const auto fields = made_fields(slot.lead, set);
    auto values = made_values(weather, slot, set);
    std::string file;
    for (std::size_t i = 0; i < fields.size(); ++i) file += packed(fields[i], weather.grid(), slot, values[i]);
    return file;
}

}  // namespace gfs::mirror
