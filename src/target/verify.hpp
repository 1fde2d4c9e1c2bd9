// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

#include <string>
#include <vector>

namespace freshet::target {

/// Compares a task's outputs with their receipts, reading every byte; returns one sentence for each difference. Skips
/// outputs that are not on this machine.
std::vector<std::string> verify(const AnyTask& task);

}  // namespace freshet::target
