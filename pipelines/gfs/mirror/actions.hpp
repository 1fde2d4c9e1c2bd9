// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace gfs::mirror {

// The commands of gfs-mirror, each given the words that follow its name. They throw ParameterError for a line that
// cannot be understood, Error for what fails.

using Words = std::vector<std::string>;

void run_serve(const Words& words, std::ostream& out);
void run_add(const Words& words, std::ostream& out);
void run_make(const Words& words, std::ostream& out);
void run_clone(const Words& words, std::ostream& out);

}  // namespace gfs::mirror
