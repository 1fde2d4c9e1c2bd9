// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

#include "task/configured_values.hpp"

namespace freshet {

// Here, where AnyTask is complete: a vector of it cannot be made or destroyed before.
Context::Context(ContextServices services) : services_(std::move(services)) {}
Context::~Context() = default;

void Context::emit(Event event) {
    if (!services_.may_emit)
        throw Error("emit event '" + event.id + "': declare `static constexpr bool emits_events = true` in the task");
    if (event.traceparent.empty()) event.traceparent = traceparent();
    emitted_.push_back(std::move(event));
}

std::vector<TaskMessage> Context::messages() {
    if (!services_.take_messages)
        throw Error("take messages: declare `static constexpr bool accepts_messages = true` in the task");
    return services_.take_messages();
}

std::vector<AnyTask> Context::failed_requirements() const {
    const auto* task = detail::TaskScope::current();
    if (!task || !task->has_task()) throw Error("failed_requirements(): call it in run()");
    std::vector<AnyTask> required = task->requirements();
    const std::vector<bool> complete = AnyTask::complete(required);
    std::vector<AnyTask> failed;
    for (std::size_t i = 0; i < required.size(); ++i)
        if (!complete[i]) failed.push_back(std::move(required[i]));
    return failed;
}

bool Context::require_all(std::vector<AnyTask> tasks) {
    bool all_complete = true;
    for (AnyTask& task : tasks) {
        if (!task.complete()) {
            missing_.push_back(task);
            all_complete = false;
        }
        required_.push_back(std::move(task));
    }
    return all_complete;
}

}  // namespace freshet
