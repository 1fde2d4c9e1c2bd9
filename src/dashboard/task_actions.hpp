// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/html.hpp"
#include "dashboard/task_snapshot.hpp"
#include "freshet/json.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::dashboard {

/// A change that an operator can make to a task: a form on its page and POST /api/v1/task/<id>/<name>, which both call
/// one RPC of the scheduler.
struct TaskAction {
    Literal name;
    Literal method;  ///< the RPC's
    Literal label;
    Literal effect;  ///< what the operator reads before the button can be pressed
    bool (*applies)(const TaskSnapshot&);
    std::string_view command{};  ///< of freshet, that does the same; empty: none
    std::string_view operand{};  ///< the argument that the operator chooses; empty: none
    bool needs_worker = false;   ///< has no effect before a worker can run the task
};

/// All of them.
std::span<const TaskAction> task_actions();

/// The names of those that apply to a task in its state.
std::vector<std::string> actions_of(const TaskSnapshot& task);

/// The arguments of the RPC, but the operand.
Json arguments_of(const TaskAction& action, const TaskSnapshot& task);

/// Renders those that apply: each says what it will do before its button can be pressed. Empty if there are none.
/// `run` is that of the last attempt, whose command runs the task again where no worker can.
Html task_actions_section(const TaskSnapshot& task, const std::optional<store::RunRow>& run);

/// Renders the commands of freshet that take the place of the actions on pages that only show; `options` say of which
/// scheduler. Empty if there are none.
Html task_commands_section(const TaskSnapshot& task, const std::string& run_command, const std::string& options);

}  // namespace freshet::dashboard
