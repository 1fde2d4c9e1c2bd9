// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/task_requests.hpp"

#include <cstddef>
#include <span>

namespace freshet::worker {

/// How many of these tasks, from the first on, one call may register: a server reads no body of any size, and answers
/// nobody else meanwhile. At least one.
std::size_t tasks_of_a_call(std::span<const wire::AddTask> tasks);

}  // namespace freshet::worker
