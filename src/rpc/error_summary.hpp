// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace freshet::rpc {

inline constexpr std::size_t max_summary_length = 500;

/// Decodes the error message of a worker: Luigi's workers send theirs as a JSON string. Returns any other unchanged.
std::string readable_message(const std::string& message);

/// Summarizes the error message of a worker in one line: the exception of a Python traceback, or else the first line.
std::string error_summary(const std::string& message);

}  // namespace freshet::rpc
