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

/// Speaks to a luigid in words that it knows, and does itself what a luigid does not: it keeps a task's retries within
/// the run, by registering it again when its pause is over, unless luigid has disabled it meanwhile. Without leases, the
/// target alone decides which of two attempts publishes.
class LuigiDialect final : public SchedulerClient {
public:
    struct Parts {
        SchedulerClient& luigid;
        const Clock& clock;
        std::function<double()> chance;                                 ///< from 0 to 1, for the jitter of pauses
        std::function<void(const std::vector<Event>&)> keep_events;     ///< before the completion is reported
    };
    explicit LuigiDialect(Parts parts) : parts_(std::move(parts)) {}

    std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override;

private:
    /// A failed task whose next try this run has promised.
    struct Promise {
        wire::AddTask registration;
        std::int64_t tries = 0;
        Time due{};
        bool is_open = false;  ///< not yet registered again
    };

    wire::Response tell(const wire::Request& request);
    wire::Response answer(const wire::AddTask& report);
    wire::Response answer(const wire::RegisterTasks& request);
    wire::Response answer(const wire::GetWork& question);
    std::optional<Time> promise_retry(const wire::AddTask& report);
    void keep_promises();

    Parts parts_;
    std::map<std::string, Promise, std::less<>> promises_;  // by the task's id
};

}  // namespace freshet::worker
