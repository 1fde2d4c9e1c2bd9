// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace freshet {

/// A value of a TOML file and its position.
struct TomlValue {
    std::string section;  ///< "" before the first; "a.b" for a table inside a table
    std::string key;
    std::string text;    ///< as a parameter of Luigi is written: True, 2026-11-21, [1, 2]
    std::string origin;  ///< "/etc/gfs/config.toml:12"
};

struct TomlFile {
    std::vector<TomlValue> values;
    std::map<std::string, std::vector<ConfigTable>> tables;  ///< those written as [[name]]
};

/// Parses a TOML file. Throws ParameterError with line and column for invalid TOML, Error when the file cannot be read.
TomlFile read_toml(const std::filesystem::path& path);

}  // namespace freshet
