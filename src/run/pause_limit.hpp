// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/scheduler_client.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace freshet::run {

/// Tells a scheduler elsewhere of no longer pauses between two tries than the run allows.
class PauseLimit final : public worker::SchedulerClient {
public:
    PauseLimit(worker::SchedulerClient& scheduler, std::optional<std::chrono::milliseconds> limit)
        : scheduler_(scheduler), limit_(limit) {}

    std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override {
        if (!limit_) return scheduler_.call(requests);
        auto limited = requests;
        for (wire::Request& request : limited) {
            if (auto* task = std::get_if<wire::AddTask>(&request)) limit(*task);
            if (auto* many = std::get_if<wire::RegisterTasks>(&request))
                for (wire::AddTask& task : many->tasks) limit(task);
        }
        return scheduler_.call(limited);
    }

private:
    void limit(wire::AddTask& task) const {
        if (!task.retry_policy_dict || !task.retry_policy_dict->longest_pause) return;
        const double most = std::chrono::duration<double>(*limit_).count();
        task.retry_policy_dict->longest_pause = std::min(*task.retry_policy_dict->longest_pause, most);
    }

    worker::SchedulerClient& scheduler_;
    std::optional<std::chrono::milliseconds> limit_;
};

}  // namespace freshet::run
