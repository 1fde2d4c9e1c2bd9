// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/arguments.hpp"
#include "app/given_value.hpp"
#include "base/settings.hpp"

#include <vector>

namespace freshet::app {

struct ConfigurationSources;

/// All that is said to freshetd, wherever it is said.
struct GivenValues {
    std::vector<GivenValue> values;    ///< of each key the strongest, sorted by section and key
    std::vector<std::string> notices;  ///< what of luigi.cfg means nothing here
    Settings settings;                 ///< of files and environment: those with the tables
};

/// Reads the weaker first: luigi.cfg, the TOML files, the environment, the command line. Throws ConfigurationError for
/// a file that cannot be read.
GivenValues read_given_values(const Arguments& arguments, const ConfigurationSources& sources);

}  // namespace freshet::app
