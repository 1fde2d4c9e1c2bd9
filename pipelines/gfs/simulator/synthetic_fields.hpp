// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "simulator/publish.hpp"
#include "simulator/synthetic_weather.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace gfs::simulator {

/// The statistic of a synthetic field over the time up to its lead.
enum class TimeStatistic {
    instant,      ///< at the lead
    average,      ///< over the bucket
    maximum,      ///< in the bucket
    minimum,      ///< in the bucket
    bucket,       ///< rain fallen in the bucket
    run_total,    ///< rain fallen since the analysis
    bucket_rate,  ///< rain fallen in the bucket, per second
};

/// The encoding of missing values.
enum class MissingValues {
    none,
    bitmap,      ///< as files did until 2011
    in_packing,  ///< by the packing itself: missing value management 1, no bitmap
};

/// One field of a synthetic file: its identity, formula and packing.
struct SyntheticField {
    GribParameter parameter;
    Level level;
    TimeStatistic statistic;
    int decimal_scale;                                   ///< D: the last decimal that is kept
    int binary_scale = 0;                                ///< E
    float (*value)(const Point& at) = nullptr;           ///< none for amounts of rain
    RainKind rain = RainKind::all;                       ///< for amounts of rain
    MissingValues missing_values = MissingValues::none;  ///< where the value is NaN

    /// Half of the packing step: the largest error of a packed value.
    double tolerance() const;
};

/// The fields that the simulator publishes of a product, and the generating processes that its messages name (NCEP's
/// table A).
struct ProductContents {
    std::string_view products;  ///< the beginning of their names
    std::span<const SyntheticField> fields;
    std::string_view names;  ///< NCEP's, of those that the product has; empty: all
    int analysis_process;
    int forecast_process;
    bool has_run_totals = true;
};

/// Throws ParameterError for a product that cannot be generated.
const ProductContents& contents_of(std::string_view product);

/// The fields to generate.
enum class FieldSet {
    portal,  ///< of pgrb2 those of the portal selection of gfs.0p25; some of each other product
    odd,     ///< also unusual ones: layers, missing values of both kinds, a constant without groups
    all,     ///< a whole file's of pgrb2; fields without a formula reuse the values of others
};

/// Parses "portal", "odd" or "all". Throws ParameterError for any other name.
FieldSet parse_field_set(std::string_view name);

/// The fields of a lead in NCEP's order; of `all` those with a formula. An analysis has only instants.
std::vector<SyntheticField> synthetic_fields(int lead, FieldSet set = FieldSet::portal,
                                             std::string_view product = "pgrb2.0p25");

/// The start of the lead's bucket: the last multiple of six hours before the lead.
int bucket_start(int lead);

/// The values of every field of synthetic_fields() before packing. Another revision has slightly other weather, and so
/// has each member of an ensemble; its mean and its spread (the standard deviation) are those of the first five.
std::vector<std::vector<float>> synthetic_values(const Weather& weather, const FileKey& key,
                                                 FieldSet set = FieldSet::portal);

}  // namespace gfs::simulator
