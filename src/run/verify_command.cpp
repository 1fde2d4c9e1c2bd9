// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/known_task.hpp"
#include "run/state_place.hpp"

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
std::vector<AnyTask> done_tasks(const Call& call, store::History& history) {
    constexpr int all = 1'000'000;
    std::vector<AnyTask> tasks;
    for (const TaskType* type : call.registry.types())
        for (const auto& row : history.tasks_of_family(type->family, all))
            if (auto task = task_of(row, call.registry)) tasks.push_back(std::move(*task));
    return tasks;
}

std::vector<AnyTask> asked_tasks(const Call& call) {
    auto state = read_state(state_place(call, likely_root(call)));
    std::optional<store::History> history;
    if (state) history.emplace(*state);
    if (call.invocation.subject.empty()) return history ? done_tasks(call, *history) : std::vector<AnyTask>{};
    const KnownTask known = known_task(call, history ? &*history : nullptr);
    if (!known.task) throw Error(fmt::format("verify {}: this program cannot make that task", known.id));
    return with_requirements(*known.task);
}

}  // namespace

Status verify_command(const Call& call) {
    std::size_t verified = 0, changed = 0;
    for (const AnyTask& task : asked_tasks(call)) {
        if (!task.type().has_outputs || !task.complete()) continue;
        ++verified;
        const auto differences = target::verify(task);
        if (!differences.empty()) ++changed;
        for (const std::string& difference : differences)
            call.world.out << fmt::format("{}: {}\n", task.description(), difference);
    }
    call.world.out << fmt::format("{} of {} complete tasks are as they were published\n", verified - changed, verified);
    return changed == 0 ? Status::complete : Status::task_failed;
}

}  // namespace freshet::run
