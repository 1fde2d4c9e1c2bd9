// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/weather.hpp"
#include "source/scan.hpp"

#include <span>
#include <string_view>

namespace gfs::mirror {

using idx::Parameter;
using idx::Surface;

/// What a made-up field tells of the weather between the begin of its span and its lead.
enum class Telling {
    instant,      ///< at the lead
    average,      ///< over the bucket
    maximum,      ///< in the bucket
    minimum,      ///< in the bucket
    bucket,       ///< rain fallen in the bucket
    run_total,    ///< rain fallen since the analysis
    bucket_rate,  ///< rain fallen in the bucket, per second
};

/// How places without a value are told.
enum class Gaps {
    none,
    bitmap,      ///< as files did until 2011
    in_packing,  ///< by the packing itself: missing value management 1, no bitmap
};

/// One field of a made-up file: how it is named, computed and packed.
struct MadeField {
    Parameter parameter;
    Surface level;
    Telling telling;
    int decimal_scale;               ///< D: the last decimal that is kept
    int binary_scale = 0;            ///< E
    float (*value)(const Point& at) = nullptr;  ///< none for amounts of rain
    RainKind rain = RainKind::all;              ///< for amounts of rain
    Gaps gaps = Gaps::none;                     ///< where the value is NaN
    Surface second{};                           ///< of a layer

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
FieldSet field_set_named(std::string_view name);

/// The messages of a lead in NCEP's order; of `all` those that have values of their own. An analysis has only instants.
std::vector<MadeField> made_fields(int lead, FieldSet set = FieldSet::portal);

/// Buckets start at the last multiple of six hours before the lead.
int bucket_start(int lead);

}  // namespace gfs::mirror
