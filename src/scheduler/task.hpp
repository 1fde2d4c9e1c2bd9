// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/json.hpp"
#include "rpc/task_requests.hpp"
#include "scheduler/interner.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freshet::scheduler {

using rpc::Status;

/// A task's place in the table. May be used again once its task was forgotten.
enum class TaskId : std::uint32_t {};

using Symbol = Interner<std::string>::Interned;             ///< of a worker, family, module, batch
using WorkerSet = Interner<std::vector<Symbol>>::Interned;  ///< workers, in the order in which they joined
using ResourceRequest = Interner<rpc::Resources>::Interned;
using Policy = Interner<rpc::RetryPolicy>::Interned;
using Visibility = Interner<rpc::Visibilities>::Interned;  ///< of the parameters, by name

inline constexpr Time never = Time::max();

/// That a worker could not find out what a task needs, or whether it is done.
struct SchedulingFailure {
    Symbol worker;
    Symbol why;  ///< "": it gave no reason; often the same for many
};

/// What few tasks have.
struct Details {
    std::optional<std::string> tracking_url{};
    std::optional<std::string> status_message{};
    Json progress_percentage{};
    std::vector<Time> failures{};  ///< those that count, within the window
    Time first_failure = never;
    bool disabled_by_scheduler = false;                     ///< only while DISABLED
    std::optional<SchedulingFailure> scheduling_failure{};  ///< only while UNKNOWN
    std::map<std::string, Json> responses{};                ///< to the operator's messages, until they are read
};

/// All that is known of a task. Only TaskTable changes one.
struct Task {
    std::string id;
    bool known = false;  ///< false: nobody has registered it; only named as a dependency
    bool dirty = false;  ///< it changed since the table's changes were last taken
    bool runnable = false;
    bool batchable = false;
    bool accepts_messages = false;
    bool retries_exhausted = false;  ///< FAILED, and nobody of this run tries again
    /// FAILED for a reason of this class: its pause is not a worker's to end.
    std::optional<FailureClass> failure_class{};
    Status status = Status::unknown;

    std::uint64_t sequence = 0;  ///< the order in which tasks became known
    double priority = 0;
    Time created{};
    Time updated{};
    Time retry_at = never;    ///< FAILED: tried again after it; DISABLED: given another chance after it
    Time expires_at = never;  ///< forgotten then

    Symbol family{};
    Symbol module{};  ///< may be null
    rpc::Parameters params{};
    Visibility visibilities{};
    ResourceRequest resources{};
    Policy policy{};

    WorkerSet workers{};                  ///< who can run it
    WorkerSet stakeholders{};             ///< who cares for it
    Symbol worker_running{};              ///< who runs it, or was the last to; may be null
    ResourceRequest resources_running{};  ///< null: it never ran
    Time time_running = never;
    Symbol batch{};  ///< may be null
    Symbol expl{};   ///< may be null

    rpc::LeaseToken lease = 0;             ///< of the last handing-out
    std::uint32_t attempts = 0;            ///< how often it was handed out
    std::uint32_t transient_failures = 0;  ///< transient failures in this run

    std::vector<TaskId> deps{};
    std::vector<TaskId> dependants{};
    std::uint32_t unfinished = 0;  ///< deps that are not DONE
    std::uint32_t blocked = 0;     ///< deps that are DISABLED, or wait for one that is

    std::unique_ptr<Details> details{};  ///< may be null
};

/// The details of a task that has none: all defaults.
inline const Details& details(const Task& task) {
    static const Details none;
    return task.details ? *task.details : none;
}

inline Details& details(Task& task) {
    if (!task.details) task.details = std::make_unique<Details>();
    return *task.details;
}

inline bool is_running(const Task& task) {
    return task.status == Status::running || task.status == Status::batch_running;
}

/// "Family(p=v, q=w)": the public parameters by name.
std::string display_name(const Task& task);

/// Those that may be shown.
rpc::Parameters public_parameters(const Task& task);

}  // namespace freshet::scheduler
