// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/known_task.hpp"
#include "cli/state_path.hpp"

#include "target/verify.hpp"

#include <fmt/format.h>

#include <ostream>
#include <unordered_set>

namespace freshet::run {

namespace {

/// The task with all that it requires, far and near; complete ones are what is to be verified, so no plan helps.
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

/// All that the state knows to be done.
std::vector<AnyTask> done_tasks(const CommandContext& context, store::History& history) {
    constexpr int no_limit = 1'000'000;
    std::vector<AnyTask> tasks;
    for (const TaskType* type : context.registry.types())
        for (const auto& row : history.tasks_of_family(type->family, no_limit))
            if (auto task = task_of(row, context.registry)) tasks.push_back(std::move(*task));
    return tasks;
}

std::vector<AnyTask> selected_tasks(const CommandContext& context) {
    auto state = open_state_read_only(state_path(context, example_root(context)));
    std::optional<store::History> history;
    if (state) history.emplace(*state);
    if (context.parsed.operand.empty()) return history ? done_tasks(context, *history) : std::vector<AnyTask>{};
    const TaskLookup lookup = look_up_task(context, history ? &*history : nullptr);
    if (!lookup.task) throw Error(fmt::format("verify {}: this program cannot make that task", lookup.id));
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
    context.cli.out << fmt::format("{} of {} complete tasks are as they were published\n", verified - changed,
                                   verified);
    return changed == 0 ? ExitStatus::complete : ExitStatus::task_failed;
}

}  // namespace freshet::run
