// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

#include <string>
#include <vector>

namespace freshet::run {

/// Tasks of one family in one phrase, as Luigi's summary has it: "Load(day=1)", "Load(day=1...9, shop=3)" where they
/// differ in one parameter, else "Load(day=1, shop=3) ...".
std::string format_task_range(const std::vector<AnyTask>& tasks);

}  // namespace freshet::run
