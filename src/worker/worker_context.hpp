// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/build.hpp"
#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/json.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace freshet::worker {

class Observer;
class Plan;
class SchedulerClient;
class SchedulerProtocol;
class TaskStates;

enum class SchedulerKind {
    embedded,  ///< in this process, and shared only if other runs use its state
    freshetd,  ///< shared with other workers; hands out leases
    luigid,    ///< shared with other workers; no leases, no states in answers to registrations
};

struct WorkerOptions {
    std::string id;
    int slots = 1;                             ///< concurrent attempts; 0: only registers the plan
    std::vector<FamilyLimit> family_limits{};  ///< of those; one attempt more may come of a long poll
    std::string run_id{};
    std::string traceparent{};
    std::string code_version{};
    Json::Object info{};               ///< shown by the scheduler
    std::optional<Time> wait_until{};  ///< deadline of external tasks and of outputs not ready; none: one check
    std::chrono::milliseconds default_timeout{0};  ///< of attempts at tasks without one of their own; 0: none
    bool fail_fast = false;                        ///< starts no attempt after the first failure for good
    std::chrono::seconds full_disk_pause{10};
    std::optional<std::chrono::seconds> ping_interval{10};  ///< none: a Heartbeat sends the pings
    SchedulerKind scheduler_kind = SchedulerKind::embedded;
    /// Returns true while other workers use an embedded scheduler, and for a minute after.
    std::function<bool()> has_other_workers = [] { return false; };
    std::vector<std::string> families{};  ///< run whoever registered their tasks; none: only tasks of the plan
    std::optional<std::chrono::seconds> idle_timeout{};  ///< keeps running until idle this long; shared schedulers only
    bool has_explanations = true;                        ///< the scheduler answers Explain

    /// Returns true when the run lasts until a retry at `at` after a failure of that class.
    bool waits_for_retry(Time at, FailureClass failure_class) const {
        return failure_class != FailureClass::not_ready || (wait_until && at <= *wait_until);
    }
};

/// The objects shared by the parts of one worker, all on its thread. They outlive the parts.
struct WorkerContext {
    const WorkerOptions& options;
    const Clock& clock;
    SchedulerClient& scheduler;
    SchedulerProtocol& protocol;
    Plan& plan;
    TaskStates& states;
    Observer& observer;
};

}  // namespace freshet::worker
