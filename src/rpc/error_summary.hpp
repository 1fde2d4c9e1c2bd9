// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace freshet::rpc {

inline constexpr std::size_t max_summary_length = 500;

/// A worker's message as people read it: Luigi's send theirs as a JSON text.
std::string readable_message(const std::string& message);

/// What went wrong, in one line: of a Python traceback its exception, of anything else the first line.
std::string error_summary(const std::string& message);

}  // namespace freshet::rpc
