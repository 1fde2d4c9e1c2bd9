// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/event.hpp"
#include "worker/scheduler_client.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace freshet::worker {

/// Adapts requests to a luigid: drops extensions it does not know, and retries tasks within the run by registering them
/// again after their pause, unless luigid has disabled them meanwhile. Without leases, the target alone decides which
/// of two attempts publishes.
class LuigidAdapter final : public SchedulerClient {
public:
    struct Parts {
        SchedulerClient& luigid;
        const Clock& clock;
        std::function<double()> jitter;                               ///< from 0 to 1, for the jitter of pauses
        std::function<void(const std::vector<Event>&)> store_events;  ///< called before the completion is reported
    };
    explicit LuigidAdapter(Parts parts) : parts_(std::move(parts)) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override;

private:
    /// A failed task that this run will retry.
    struct DelayedRetry {
        rpc::AddTask registration;
        std::int64_t tries = 0;
        Time due{};
        bool is_pending = false;  ///< not yet registered again
    };

    rpc::Response forward(const rpc::Request& request);
    rpc::Response handle(const rpc::AddTask& report);
    rpc::Response handle(const rpc::RegisterTasks& request);
    rpc::Response handle(const rpc::GetWork& request);
    std::optional<Time> schedule_retry(const rpc::AddTask& report);
    void flush_due_retries();

    Parts parts_;
    std::map<std::string, DelayedRetry, std::less<>> delayed_retries_;  // by task id
};

}  // namespace freshet::worker
