// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "grib/scan.hpp"
#include "inventory/inventory.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// NCEP's abbreviation of a parameter.
struct ParameterName {
    GribParameter parameter;
    std::string_view name;
};

/// Every parameter of the products of GFS that have been seen.
std::span<const ParameterName> parameter_names();

/// A parameter in NCEP's abbreviation, "TMP", or by its numbers where it has none: "var discipline=0 center=7
/// local_table=1 parmcat=1 parm=241".
std::string parameter_name(const GribParameter& parameter);

/// The inventory of a scanned file, as wgrib2 writes it.
Inventory inventory_of(const std::vector<ScannedField>& fields);

}  // namespace gfs
