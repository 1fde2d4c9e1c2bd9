// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/parameter.hpp"

#include <string>
#include <string_view>

namespace freshet {

/// The id that Luigi gives a task of that family whose visible, significant parameters are `values`.
std::string task_id(std::string_view family, const Values& values);

}  // namespace freshet
