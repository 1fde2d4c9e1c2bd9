// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/grid.hpp"
#include "simulator/synthetic_fields.hpp"

#include "cycle.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gfs::simulator {

struct GenerateOptions {
    std::filesystem::path folder;
    Cycle cycle{};
    std::vector<int> leads{};
    std::string product = "pgrb2.0p25";
    Grid grid{};
    FieldSet fields = FieldSet::portal;
    int revision = 1;  ///< of what is published; another one has slightly other values
    unsigned processes = 2;
};

/// "0p25", "0p50", "1p00", or "small" for quick tests. Throws ParameterError for any other name.
Grid parse_grid(std::string_view name);

/// Makes up a cycle in the layout below the folder: the same bytes whenever and wherever it is done. Must be called
/// before the process has other threads. Throws Error when a lead could not be made.
void generate(const GenerateOptions& options);

}  // namespace gfs::simulator
