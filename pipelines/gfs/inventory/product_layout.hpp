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

/// A family of files of a cycle, like "pgrb2.0p25", and its leads.
struct Product {
    std::string_view name;
    std::span<const LeadRange> lead_ranges;

    bool has_lead(int lead) const;
    /// Every lead, ascending.
    std::vector<int> leads() const;
};

/// Finds a product by name. Throws ParameterError, listing the products, when there is none.
const Product& find_product(std::string_view name);

/// The versions of GFS with a naming scheme of their own.
inline constexpr std::array<std::string_view, 2> all_layouts{"v16", "v17"};

/// One forecast file of GFS: a lead of a cycle in one product.
struct FileKey {
    Cycle cycle{};
    std::string product = "pgrb2.0p25";
    int lead = 0;
    int revision = 1;  ///< counts the publications of the file; the simulator alone makes others than the first

    friend bool operator==(const FileKey&, const FileKey&) = default;
};

/// Returns the path of a GRIB file below a mirror in the present layout:
/// "gfs.20220315/18/atmos/gfs.t18z.pgrb2.1p00.f006".
std::string grib_path(const FileKey& key);

/// Returns its path in each of the layouts; none for a layout without that product or cycle.
std::vector<std::string> grib_paths(const FileKey& key, std::span<const std::string_view> layouts);

/// Returns the path of its inventory.
std::string index_path(const FileKey& key);

}  // namespace gfs
