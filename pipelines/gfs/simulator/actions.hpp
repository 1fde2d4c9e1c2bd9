// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace gfs::simulator {

// The commands of gfs-simulator, each given the args that follow its name. They throw ParameterError for a line that
// cannot be understood, Error for what fails.

using Args = std::vector<std::string>;

void run_serve(const Args& args, std::ostream& out);
void run_add(const Args& args, std::ostream& out);
void run_make(const Args& args, std::ostream& out);
void run_clone(const Args& args, std::ostream& out);

}  // namespace gfs::simulator
