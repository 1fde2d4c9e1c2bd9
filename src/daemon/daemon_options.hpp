// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/arguments.hpp"

#include <span>
#include <string>
#include <vector>

namespace freshet::daemon {

/// The options of freshetd: luigid's, then ours.
std::span<const cli::Option> daemon_options();

/// Parses the command line of freshetd. Of an option that is given twice the last one counts, as for luigid. Throws
/// ParameterError.
cli::Arguments parse_daemon_arguments(const std::vector<std::string>& arguments);

/// What --help shows.
std::string daemon_help();

}  // namespace freshet::daemon
