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
class RetryCap final : public worker::SchedulerClient {
public:
    RetryCap(worker::SchedulerClient& scheduler, std::optional<std::chrono::milliseconds> limit)
        : scheduler_(scheduler), limit_(limit) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        if (!limit_) return scheduler_.call(requests);
        auto limited = requests;
        for (rpc::Request& request : limited) {
            if (auto* task = std::get_if<rpc::AddTask>(&request)) limit(*task);
            if (auto* many = std::get_if<rpc::RegisterTasks>(&request))
                for (rpc::AddTask& task : many->tasks) limit(task);
        }
        return scheduler_.call(limited);
    }

private:
    void limit(rpc::AddTask& task) const {
        if (!task.retry_policy_dict || !task.retry_policy_dict->longest_pause) return;
        const double max = std::chrono::duration<double>(*limit_).count();
        task.retry_policy_dict->longest_pause = std::min(*task.retry_policy_dict->longest_pause, max);
    }

    worker::SchedulerClient& scheduler_;
    std::optional<std::chrono::milliseconds> limit_;
};

}  // namespace freshet::run
