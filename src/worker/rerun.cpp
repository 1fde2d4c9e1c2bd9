// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/rerun.hpp"

#include "worker/invalidation.hpp"
#include "worker/reconciler.hpp"
#include "worker/registration.hpp"
#include "worker/task_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace freshet::worker {

namespace {

std::vector<AnyTask> make_tasks(const RerunTasks& request, const Registry& registry) {
    std::vector<AnyTask> tasks;
    for (const RerunTasks::One& one : request.tasks)
        tasks.push_back(make_registered(registry, one.task_id, one.family, one.params));
    return tasks;
}

/// A task that other workers may run as well.
void add(const AnyTask& task, const WorkerContext& context, Reconciler& reconciler) {
    const std::size_t first_new = context.plan.size();
    context.plan.add({task});
    for (std::size_t node = first_new; node < context.plan.size(); ++node) context.states.set_foreign(node, true);
    reconciler.register_from(first_new);
}

}  // namespace

void rerun(const RerunTasks& request, const Registry& registry, const WorkerContext& context, Reconciler& reconciler) {
    try {
        const auto tasks = make_tasks(request, registry);
        const auto running = std::ranges::find_if(tasks, [&](const AnyTask& task) {
            const auto node = context.plan.find(task.id());
            return node && context.states.is_running(*node);
        });
        if (running != tasks.end()) throw Error(fmt::format("{} is running", running->description()));
        for (const PublishedOutput& published : published_outputs(tasks))
            context.observer.notified(fmt::format("{} runs again on request: {}", published.task.description(),
                                                  invalidate(published, context.clock.now())));
        for (const AnyTask& task : tasks) {
            if (const auto node = context.plan.find(task.id()))
                reconciler.reregister(*node);
            else
                add(task, context, reconciler);
        }
    } catch (const DiskFullError&) {
        throw;
    } catch (const std::exception& error) {
        context.observer.notified(
            fmt::format("cannot run '{}' again: {}", request.tasks.front().task_id, error.what()));
    }
}

}  // namespace freshet::worker
