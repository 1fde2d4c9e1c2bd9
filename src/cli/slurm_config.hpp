// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "freshet/slurm.hpp"

#include <string>
#include <vector>

namespace freshet::cli {

/// The keys of the section [slurm].
std::vector<std::string> slurm_keys();

/// Returns `options` with what the section [slurm] says and they do not. Throws ConfigError.
SlurmOptions read_slurm(const Config& config, SlurmOptions options = {});

}  // namespace freshet::cli
