// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/command_line.hpp"

#include <string>
#include <vector>

namespace gfs {

/// After a run with --keep-cycles: removes the older cycles of its dataset, unless an event is still to be delivered,
/// which may name one of them. Returns what it did, in sentences.
std::vector<std::string> apply_retention(const freshet::FinishedRun& end);

}  // namespace gfs
