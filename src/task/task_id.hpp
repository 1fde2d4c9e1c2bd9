// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/parameter.hpp"
#include "freshet/task.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// The id that Luigi gives a task of that family whose visible, significant parameters are `values`.
std::string task_id(std::string_view family, const Values& values);

/// The parameters that tell a task with these values from others of its class, in their order: those of its id that do
/// not have their default.
std::vector<const Parameter*> naming_parameters(const TaskType& type, const Values& values);

}  // namespace freshet
