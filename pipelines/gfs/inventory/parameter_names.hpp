// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <span>
#include <string_view>

namespace gfs {

/// NCEP's abbreviation of a parameter.
struct ParameterName {
    GribParameter parameter;
    std::string_view name;
};

/// Every parameter of the GFS files that have been seen.
std::span<const ParameterName> parameter_names();

}  // namespace gfs
