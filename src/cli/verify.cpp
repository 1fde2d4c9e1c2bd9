// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/verify.hpp"
#include "cli/state_reader.hpp"

#include <fmt/format.h>

#include <ostream>
#include <unordered_set>

namespace freshet::cli {

namespace {

/// The task with all direct and indirect requirements. Not a plan, which stops at the complete tasks.
std::vector<AnyTask> with_requirements(const AnyTask& root) {
    std::vector<AnyTask> tasks{root};
    std::unordered_set<std::string> seen{root.id()};
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const AnyTask task = tasks[i];
        for (AnyTask& required : task.requirements())
            if (seen.insert(required.id()).second) tasks.push_back(std::move(required));
    }
    return tasks;
}

/// All tasks that the state knows, if the program can make them.
std::vector<AnyTask> known_tasks(const CommandContext& context, store::History& history) {
    constexpr int no_limit = 1'000'000;
    std::vector<AnyTask> tasks;
    for (const TaskType* type : context.registry.types())
        for (const auto& row : history.tasks_of_family(type->family, no_limit))
            if (auto task = task_of(row, context.registry)) tasks.push_back(std::move(*task));
    return tasks;
}

std::vector<AnyTask> selected_tasks(const CommandContext& context) {
    StateReader state(context);
    if (context.parsed.operand.empty())
        return state.history() ? known_tasks(context, *state.history()) : std::vector<AnyTask>{};
    const TaskLookup lookup = state.look_up_task();
    if (!lookup.task) throw Error(fmt::format("verify {}: the task belongs to another program", lookup.id));
    return with_requirements(*lookup.task);
}

}  // namespace

ExitStatus verify_command(const CommandContext& context) {
    std::size_t verified = 0, changed = 0;
    for (const AnyTask& task : selected_tasks(context)) {
        if (!task.type().has_outputs || !task.complete()) continue;
        ++verified;
        const auto differences = target::verify(task);
        if (!differences.empty()) ++changed;
        for (const std::string& difference : differences)
            context.cli.out << fmt::format("{}: {}\n", task.description(), difference);
    }
    context.cli.out << fmt::format("{} of {} complete tasks match their receipts\n", verified - changed, verified);
    return changed == 0 ? ExitStatus::success : ExitStatus::task_failed;
}

}  // namespace freshet::cli
