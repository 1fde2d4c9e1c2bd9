// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "daemon/given_value.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::daemon {

/// What an existing configuration of Luigi's says to a scheduler.
struct LuigiConfig {
    std::vector<ConfigEntry> values{};   ///< of [scheduler], [resources] and [cors], as far as they mean something here
    std::vector<std::string> notices{};  ///< a sentence for each of the others that luigid would have heeded
};

/// Reads a luigi.cfg, or a luigi.toml by its name's end. Throws ParameterError, with the line, for a file that Luigi
/// could not read either; Error when it cannot be read at all.
LuigiConfig read_luigi_config(const std::filesystem::path& file, const Environment& environment);

/// All values of a file in Python's configparser format, in their order and as they are written.
std::vector<ConfigEntry> parse_cfg(std::string_view text, const std::string& file);

}  // namespace freshet::daemon
