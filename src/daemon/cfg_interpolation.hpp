// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "daemon/given_value.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::daemon {

/// What Luigi puts into the values of a luigi.cfg: for %(name)s a value of the same section or of [DEFAULT], and then
/// for
/// ${NAME} a variable of the environment.
class CfgInterpolation {
public:
    CfgInterpolation(const std::vector<ConfigEntry>& values, Environment environment);

    /// The text of the value with all that put in. Throws ParameterError for what is not there.
    std::string interpolate(const ConfigEntry& value) const;

private:
    std::string interpolate_values(const ConfigEntry& value, std::string_view text, int depth) const;
    std::string interpolate_environment(const ConfigEntry& value, std::string_view text) const;
    const std::string* find(const std::string& section, const std::string& key) const;

    std::map<std::pair<std::string, std::string>, std::string> texts_;  ///< by section and key
    Environment environment_;
};

}  // namespace freshet::daemon
