// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include "scheduler/scheduler.hpp"
#include "worker/scheduler_client.hpp"

namespace freshet::run {

/// The scheduler in the worker's own process and thread.
class EmbeddedScheduler final : public worker::SchedulerClient {
public:
    EmbeddedScheduler(scheduler::Scheduler& scheduler, const Clock& clock) : scheduler_(scheduler), clock_(clock) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        return scheduler_.execute(requests, clock_.now());
    }

private:
    scheduler::Scheduler& scheduler_;
    const Clock& clock_;
};

}  // namespace freshet::run
