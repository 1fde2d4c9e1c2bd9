// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace freshet::scheduler {

inline constexpr std::size_t longest_reason = 500;

/// What went wrong, in one line: of a Python traceback its exception, of anything else the first line.
std::string reason_in(const std::string& message);

}  // namespace freshet::scheduler
