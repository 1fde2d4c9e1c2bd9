// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

#include <string>
#include <vector>

namespace freshet::target {

/// What is not as the receipts of a task's outputs say, one sentence each; reads every byte. None: all is as it was
/// published. Outputs that are not on this machine are not looked at.
std::vector<std::string> verify(const AnyTask& task);

}  // namespace freshet::target
