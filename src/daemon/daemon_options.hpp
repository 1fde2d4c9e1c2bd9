// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/arguments.hpp"

#include <span>
#include <string>

namespace freshet::daemon {

/// The options of freshetd: luigid's, then ours.
std::span<const Option> daemon_options();

/// What --help shows.
std::string daemon_help();

}  // namespace freshet::daemon
