// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace freshet::app {

/// A value of the configuration, as it was given somewhere.
struct GivenValue {
    std::string section;
    std::string key;
    std::string text;
    std::string origin;  ///< "/etc/luigi/luigi.cfg:12", "command line"

    friend bool operator==(const GivenValue&, const GivenValue&) = default;
};

}  // namespace freshet::app
