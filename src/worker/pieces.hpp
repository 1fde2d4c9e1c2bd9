// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/task_requests.hpp"

#include <cstddef>
#include <span>

namespace freshet::worker {

/// How many of these tasks, from the first on, one call may register: a server reads no body of any size, and answers
/// nobody else meanwhile. At least one.
std::size_t first_chunk_size(std::span<const rpc::AddTask> tasks);

}  // namespace freshet::worker
