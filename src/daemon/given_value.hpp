// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace freshet::daemon {

/// A value of the configuration, as it was given somewhere.
struct ConfigEntry {
    std::string section;
    std::string key;
    std::string text;
    std::string origin;  ///< "/etc/luigi/luigi.cfg:12", "command line"

    friend bool operator==(const ConfigEntry&, const ConfigEntry&) = default;
};

/// The origin of what was given there.
inline constexpr std::string_view command_line_origin = "command line";

}  // namespace freshet::daemon
