// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_paths.hpp"
#include "upstream/source_file.hpp"

#include <string_view>
#include <vector>

namespace gfs {

/// The name under which the receipt of a lead's NetCDF file has the files at upstream that it was made of.
inline constexpr std::string_view sources_key = "sources";

/// The name under which the receipt of one that was taken over has the number of the revision it was taken from.
inline constexpr std::string_view taken_over_key = "taken_over_from";

/// What the attempt that made a lead's NetCDF file noted of it; for one that a revision took over from another,
/// what was noted there. An empty object where nobody noted anything.
freshet::Json lead_provenance(const CyclePaths& paths, int lead);

/// The files at upstream that the NetCDF file of a lead was made of, as far as they are noted.
std::vector<SourceFile> sources_of(const CyclePaths& paths, int lead);

}  // namespace gfs
