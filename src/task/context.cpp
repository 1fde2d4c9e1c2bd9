// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

namespace freshet {

// Here, where AnyTask is complete: a vector of it cannot be made or destroyed before.
Context::Context(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}
Context::~Context() = default;

void Context::announce(Event event) {
    if (!surroundings_.may_announce)
        throw Error("announce '" + event.id + "': the task's class must say `static constexpr bool announces = true`");
    if (event.traceparent.empty()) event.traceparent = traceparent();
    announced_.push_back(std::move(event));
}

bool Context::need_all(std::vector<AnyTask> tasks) {
    bool all_complete = true;
    for (AnyTask& task : tasks) {
        if (!task.complete()) {
            missing_.push_back(task);
            all_complete = false;
        }
        needed_.push_back(std::move(task));
    }
    return all_complete;
}

}  // namespace freshet
