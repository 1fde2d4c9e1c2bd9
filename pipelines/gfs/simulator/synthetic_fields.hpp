// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"
#include "simulator/synthetic_weather.hpp"

#include <span>
#include <string_view>

namespace gfs::simulator {

using idx::Parameter;
using idx::Surface;

/// What a made-up field tells of the weather between the begin of its span and its lead.
enum class TimeStatistic {
    instant,      ///< at the lead
    average,      ///< over the bucket
    maximum,      ///< in the bucket
    minimum,      ///< in the bucket
    bucket,       ///< rain fallen in the bucket
    run_total,    ///< rain fallen since the analysis
    bucket_rate,  ///< rain fallen in the bucket, per second
};

/// How places without a value are told.
enum class MissingValues {
    none,
    bitmap,      ///< as files did until 2011
    in_packing,  ///< by the packing itself: missing value management 1, no bitmap
};

/// One field of a made-up file: how it is named, computed and packed.
struct SyntheticField {
    Parameter parameter;
    Surface level;
    TimeStatistic statistic;
    int decimal_scale;                                   ///< D: the last decimal that is kept
    int binary_scale = 0;                                ///< E
    float (*value)(const Point& at) = nullptr;           ///< none for amounts of rain
    RainKind rain = RainKind::all;                       ///< for amounts of rain
    MissingValues missing_values = MissingValues::none;  ///< where the value is NaN
    Surface second{};                                    ///< of a layer

    /// Half of the packing step: how far a packed value may be from the meant one.
    double tolerance() const;
};

/// Which fields are made.
enum class FieldSet {
    portal,  ///< those of gfs.0p25 that the portal selection wants
    odd,     ///< these, and some that converters stumble over: layers, gaps of both kinds, a constant without groups
    all,     ///< a whole file's; what is not made itself says the values of something else
};

/// "portal", "odd" or "all". Throws ParameterError for any other name.
FieldSet parse_field_set(std::string_view name);

/// The messages of a lead in NCEP's order; of `all` those that have values of their own. An analysis has only instants.
std::vector<SyntheticField> synthetic_fields(int lead, FieldSet set = FieldSet::portal);

/// Buckets start at the last multiple of six hours before the lead.
int bucket_start(int lead);

}  // namespace gfs::simulator
