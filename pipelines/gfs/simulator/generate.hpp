// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/synthetic_fields.hpp"

#include "cycle.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs::simulator {

/// The files to generate, and how.
struct GenerateOptions {
    std::filesystem::path folder;
    Cycle cycle{};
    std::vector<int> leads{};
    std::string product = "pgrb2.0p25";
    Grid grid{};
    FieldSet fields = FieldSet::portal;
    int revision = 1;                           ///< another one has slightly other values
    std::optional<EnsembleMember> member = {};  ///< of an ensemble's product
    unsigned processes = 2;
};

/// Parses "0p25", "0p50", "1p00", "t1534" (Gaussian), or "small" for quick tests, which is Gaussian for the products
/// that are. Throws ParameterError for any other name.
Grid parse_grid(std::string_view name, std::string_view product = "pgrb2.0p25");

/// The name of a product's grid, like "0p25"; unknown to parse_grid() where the simulator cannot make it.
std::string_view default_grid(std::string_view product);

/// Builds the GRIB2 file of one lead with the fields of synthetic_fields().
std::string synthetic_file(const Weather& weather, const FileKey& key, FieldSet set = FieldSet::portal);

/// Generates the files of a cycle below the folder, reproducibly: the same options give the same bytes. Forks, so call
/// it before the process has other threads. Throws freshet::Error when a lead could not be generated.
void generate(const GenerateOptions& options);

}  // namespace gfs::simulator
