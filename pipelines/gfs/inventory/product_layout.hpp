// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Leads from `first` to `last`, one every `step` hours.
struct LeadRange {
    int first;
    int last;
    int step;
};

/// One family of files of a cycle, like "pgrb2.0p25", with the leads that are made of it.
struct Product {
    std::string_view name;
    std::span<const LeadRange> lead_ranges;

    bool has_lead(int lead) const;
    /// Every lead, ascending.
    std::vector<int> leads() const;
};

/// Throws ParameterError, naming those that there are, when there is no such product.
const Product& find_product(std::string_view name);

/// The versions of GFS that name files differently.
inline constexpr std::array<std::string_view, 2> all_layouts{"v16", "v17"};

/// Where the GRIB file of a lead lies below a mirror in today's layout:
/// "gfs.20220315/18/atmos/gfs.t18z.pgrb2.1p00.f006".
std::string grib_path(Cycle cycle, std::string_view product, int lead);

/// Where it may lie, by layout in that order; a layout that has no such product, or no such cycle, names no place.
std::vector<std::string> grib_paths(Cycle cycle, std::string_view product, int lead,
                                    std::span<const std::string_view> layouts);

/// Where the inventory of that file lies.
std::string index_path(Cycle cycle, std::string_view product, int lead);

}  // namespace gfs
