// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "daemon/config_entries.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::daemon {

/// The scheduler's part of an existing Luigi configuration.
struct LuigiConfig {
    std::vector<ConfigEntry> values{};   ///< without ignored keys and sections
    std::vector<std::string> notices{};  ///< a sentence for each other key or section that luigid would use
};

/// Reads a luigi.cfg, or a luigi.toml by its extension. Throws ParameterError, with the line, for a file that Luigi
/// could not read either; Error when it cannot be read at all.
LuigiConfig read_luigi_config(const std::filesystem::path& file, const Environment& environment);

/// Parses the format of Python's configparser into entries in the order of the file, not interpolated. `file` names
/// their origin. Throws ParameterError with the line.
std::vector<ConfigEntry> parse_cfg(std::string_view text, const std::string& file);

}  // namespace freshet::daemon
