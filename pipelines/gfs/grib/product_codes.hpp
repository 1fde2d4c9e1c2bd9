// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <optional>
#include <string>
#include <string_view>

// The codes of product definitions: parts of names, CF's cell methods and wgrib2's texts. The tables are constant:
// pointers into them stay valid.
namespace gfs {

/// A forecast derived from all members of an ensemble (code table 4.7; NCEP's own from 192 on).
struct DerivedForecast {
    int code;
    std::string_view suffix;       ///< "ensemble_mean"
    std::string_view cell_method;  ///< over the realizations; empty where the result is not the quantity
    std::string_view text;         ///< wgrib2's
    std::string_view former_text = {};
};

/// The limits of a probability's event that count.
enum class Limit { none, lower, upper, both };

/// An event whose probability is given (code table 4.9).
struct Event {
    int code;
    std::string_view suffix;  ///< "above_threshold"
    Limit limit;
    std::string_view sign;  ///< wgrib2's
};

/// A statistical process over an area (code table 4.10).
struct AreaProcess {
    int code;
    std::string_view suffix;       ///< "area_mean"
    std::string_view cell_method;  ///< empty where the result is not the quantity
};

/// Each returns nullptr for unknown codes.
const DerivedForecast* find_derived(int code);
const Event* find_event(int code);
const AreaProcess* find_area_process(int code);

/// A percentile of an ensemble, also where NCEP gives it as a derived forecast.
std::optional<int> percentile_of(const ProductTraits& traits);

/// The name of a chemical constituent or a kind of aerosol (code table 4.233): "dust dry", "constituent 4711".
std::string constituent_name(int code);

/// True for the forecast of a quantity by a single model or member.
bool is_single_forecast(const ProductTraits& traits);

/// True where the values are as large as those of the quantity: a mean or a percentile, but no probability or spread.
bool holds_quantity(const ProductTraits& traits);

/// True for ranges that both limits enclose (code table 4.91).
bool is_enclosed(const MetreRange& range);

/// Formats as wgrib2 does in the last fields of an inventory's line: "ENS=+1", "prob >0.254", "10% level", "ens mean";
/// empty for the forecast of a quantity by a single model.
std::string product_text(const ProductTraits& traits);

/// Returns the control forecast or the derived forecast that such a text, also a former one, is of; nothing for others.
std::optional<ProductTraits> ensemble_traits(std::string_view text);

}  // namespace gfs
