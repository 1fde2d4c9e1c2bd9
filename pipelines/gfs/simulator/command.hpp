// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace gfs::simulator {

/// Runs one command line, without the program's name. Returns the exit code: 64 for a usage error.
int run_command(const std::vector<std::string>& args, std::ostream& out, std::ostream& err);

}  // namespace gfs::simulator
