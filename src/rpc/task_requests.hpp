// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/event.hpp"
#include "freshet/json.hpp"
#include "rpc/status.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::rpc {

using Resources = std::map<std::string, std::int64_t>;
using Parameters = std::vector<std::pair<std::string, std::string>>;  ///< in the order they were given
using Visibilities = std::map<std::string, std::int64_t>;             ///< 0 public, 1 hidden; absent is public

/// Names one handing-out of a task. Later ones are greater, so whoever holds an older one is known to be late.
using LeaseToken = std::uint64_t;

/// What a task says about its own retries; what it leaves out is the scheduler's default.
struct RetryPolicy {
    std::optional<std::int64_t> retry_count{};
    std::optional<double> disable_hard_timeout{};  ///< seconds
    std::optional<double> disable_window{};        ///< seconds
    std::optional<std::int64_t> attempts{};        ///< extension: tries of a transient failure in one run
    std::optional<double> first_pause{};    ///< extension: seconds before its second try, doubled for each further one
    std::optional<double> longest_pause{};  ///< extension: seconds

    friend auto operator<=>(const RetryPolicy&, const RetryPolicy&) = default;
};

/// Extension: why an attempt failed, as far as it decides what happens next.
struct Failure {
    FailureClass failure_class = FailureClass::transient;
    std::optional<std::chrono::seconds> retry_after{};

    friend bool operator==(const Failure&, const Failure&) = default;
};

/// What an attempt's facts are called where the scheduler reads them.
namespace attempt_keys {
inline constexpr std::string_view found = "found";  ///< true: nothing ran, the output was there already
}

/// Luigi's add_task: registers a task, and reports what became of it.
struct AddTask {
    std::string worker;
    std::string task_id;
    Status status = Status::pending;
    bool runnable = true;
    std::optional<std::vector<std::string>> deps{};      ///< replaces what was known
    std::optional<std::vector<std::string>> new_deps{};  ///< adds to it
    std::optional<std::string> expl{};                   ///< JSON text: why it failed
    Resources resources{};
    double priority = 0;
    std::string family{};
    std::optional<std::string> module{};
    Parameters params{};
    Visibilities param_visibilities{};
    std::optional<bool> accepts_messages = false;
    bool assistant = false;
    std::optional<std::string> tracking_url{};
    std::optional<bool> batchable{};
    std::optional<std::string> batch_id{};
    std::optional<RetryPolicy> retry_policy_dict{};
    std::vector<std::string> owners{};

    // Extensions: a plain Luigi worker sends none of them.
    /// That of the answer which handed the task out; a report with an older one is refused. PENDING with it gives the
    /// task back.
    std::optional<LeaseToken> lease{};
    std::optional<Failure> failure{};  ///< with FAILED
    std::vector<Event> events{};       ///< with DONE: stored with the completion, and delivered
    Json attempt{};                    ///< facts about the attempt, kept in its history: an object

    friend bool operator==(const AddTask&, const AddTask&) = default;
};

/// Extension: many registrations in one call.
struct RegisterTasks {
    std::vector<AddTask> tasks;
};

struct SetTaskStatusMessage {
    std::string task_id;
    std::optional<std::string> status_message{};
};

struct SetTaskProgressPercentage {
    std::string task_id;
    Json progress_percentage{};  ///< a number or null
};

/// Gives part of a running task's resources back early.
struct DecreaseRunningTaskResources {
    std::string task_id;
    Resources decrease_resources{};
};

struct AddSchedulerMessageResponse {
    std::string task_id;
    std::string message_id;
    Json response{};
};

struct ReportTaskStatistics {
    std::string task_id;
    Json statistics{};
};

/// A task could not even be registered: its requirements or its completeness could not be found out.
struct AnnounceSchedulingFailure {
    std::string task_name;
    std::string family;
    Parameters params{};
    std::string expl{};
    std::vector<std::string> owners{};
    std::string worker{};
};

}  // namespace freshet::rpc
