// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace gfs::simulator {

/// Runs one command line, program name left out. Returns the exit code: 64 for one that cannot be understood.
int run_command(const std::vector<std::string>& args, std::ostream& out, std::ostream& err);

}  // namespace gfs::simulator
