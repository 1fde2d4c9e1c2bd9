// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/faults.hpp"

#include <string_view>
#include <vector>

namespace gfs::simulator {

/// "3:20,4:25.5": the files of lead 3 are absent for 20 s, those of lead 4 for 25.5 s. Throws ParameterError.
std::vector<Fault> parse_release_schedule(std::string_view schedule);

}  // namespace gfs::simulator
