// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "rpc/task_requests.hpp"

#include <optional>
#include <string>

namespace freshet::rpc {

// What people change.

struct DisableWorker {
    std::string worker;
};

struct SetWorkerProcesses {
    std::string worker;
    std::int64_t n = 1;
};

struct SendSchedulerMessage {
    std::string worker;
    std::string task;
    std::string content;
};

struct UpdateResources {
    Resources resources;  ///< the new limits; others stay
};

struct UpdateResource {
    std::string resource;
    Json amount{};  ///< refused unless an integer >= 0
};

struct Prune {};
struct Pause {};
struct Unpause {};

struct ForgiveFailures {
    std::string task_id{};
};

struct MarkAsDone {
    std::string task_id{};
};

struct ReEnableTask {
    std::string task_id;
};

// What people ask.

struct IsPaused {};
struct IsPauseEnabled {};
struct HasTaskHistory {};
struct Graph {};
struct ResourceList {};

struct GetTaskStatusMessage {
    std::string task_id;
};

struct GetTaskProgressPercentage {
    std::string task_id;
};

struct GetRunningTaskResources {
    std::string task_id;
};

struct GetSchedulerMessageResponse {
    std::string task_id;
    std::string message_id;
};

struct FetchError {
    std::string task_id;
};

struct TaskList {
    std::string status{};           ///< "" is all
    std::string upstream_status{};  ///< only pending tasks are filtered by it
    bool limit = true;
    std::optional<std::string> search{};
    std::optional<std::int64_t> max_shown_tasks{};
};

struct TaskSearch {
    std::string task_str;
};

struct DepGraph {
    std::string task_id;
    bool include_done = true;
};

struct InverseDepGraph {
    std::string task_id;
    bool include_done = true;
};

struct WorkerList {
    bool include_running = true;
};

}  // namespace freshet::rpc
