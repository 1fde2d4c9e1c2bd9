// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/commands.hpp"
#include "scheduler/explanation.hpp"
#include "store/history.hpp"

#include <optional>
#include <string>

namespace freshet::run {

/// A task that the command line refers to, with what is known of it.
struct TaskLookup {
    std::string id;
    std::optional<AnyTask> task{};  ///< none: this program cannot make it (another's, or with a secret)
    std::optional<store::TaskRow> row{};

    /// As people read it.
    std::string name() const { return task ? task->description() : id; }
};

/// The task by its family and parameters, or by the id that the state knows it by. Throws ParameterError when there is
/// no such thing; `history` may be null.
TaskLookup look_up_task(const CommandContext& context, store::History* history);

/// The task that a row of the state is about, if this program has its class.
std::optional<AnyTask> task_of(const store::TaskRow& row, const Registry& registry);

using scheduler::format_time;

}  // namespace freshet::run
