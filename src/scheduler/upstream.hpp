// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"

#include <string_view>
#include <unordered_map>

namespace freshet::scheduler {

/// Why pending tasks wait, as far as it is worse than the ordinary; remembers what it found out.
class Upstream {
public:
    explicit Upstream(const Board& board) : board_(board) {}

    /// UPSTREAM_... of the worst dependency, direct or not; "" when there is nothing to tell.
    std::string_view status(TaskId task);

private:
    enum class Severity { none, running, missing_input, failed, disabled };

    static Severity of_leaf(const Task& task);
    static bool is_inner(const Task& task);
    bool look_into(TaskId task, std::vector<TaskId>& stack);

    const Board& board_;
    std::unordered_map<TaskId, Severity> known_;
};

}  // namespace freshet::scheduler
