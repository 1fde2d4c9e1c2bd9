// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace freshet::app {

/// A value of the configuration, as it was given somewhere.
struct GivenValue {
    std::string section;
    std::string key;
    std::string text;
    std::string origin;  ///< "/etc/luigi/luigi.cfg:12", "command line"

    friend bool operator==(const GivenValue&, const GivenValue&) = default;
};

/// The origin of what was given there.
inline constexpr std::string_view command_line = "command line";

/// The name of a section or key as it is compared: "Retry-Delay" is "retry_delay".
std::string comparable(std::string_view name);

}  // namespace freshet::app
