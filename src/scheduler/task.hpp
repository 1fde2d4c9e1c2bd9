// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "scheduler/interner.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freshet::scheduler {

using rpc::Status;

/// Index of a task in the table. Reused after the task was removed.
enum class TaskId : std::uint32_t {};

using Symbol = Interner<std::string>::Interned;             ///< name of a worker, family, module or batch
using WorkerSet = Interner<std::vector<Symbol>>::Interned;  ///< in the order in which they joined
using ResourceRequest = Interner<rpc::Resources>::Interned;
using Policy = Interner<rpc::RetryPolicy>::Interned;
using Visibility = Interner<rpc::Visibilities>::Interned;  ///< by name of the parameter
using NameParams = Interner<std::vector<std::string>>::Interned;

inline constexpr Time never = Time::max();

/// Luigi's scheduling failure: the worker could not find out the dependencies or the completeness of a task.
struct SchedulingFailure {
    Symbol worker;
    Symbol why;  ///< "" without a reason; often shared by many tasks
};

/// Rarely used attributes.
struct Details {
    std::optional<std::string> tracking_url{};
    std::optional<std::string> status_message{};
    Json progress_percentage{};
    std::vector<Time> failures{};  ///< within the disable window
    Time first_failure = never;
    bool disabled_by_scheduler = false;   ///< only while DISABLED
    std::uint32_t failures_in_a_row = 0;  ///< since the last success or acknowledgement
    Time last_failure = never;            ///< not of a source that is not ready
    bool is_acknowledged = false;         ///< its last failure, by an operator
    Time forgiven_at = never;             ///< when an operator last had it tried again
    Symbol loss{};                        ///< how the worker of the last attempt that failed was lost; null: it was not
    Symbol lost_worker{};  ///< the one that was dropped while it ran the task, until the next attempt; may be null
    bool was_not_ready = false;   ///< its source, at the last attempt
    Symbol full_disk{};           ///< the worker whose disk was full at the last attempt that ended; may be null
    Time unneeded_since = never;  ///< by any worker; of a held task only, whose removal is put off
    bool is_to_rerun = false;     ///< though DONE: an operator wants it
    std::optional<SchedulingFailure> scheduling_failure{};  ///< only while UNKNOWN
    std::map<std::string, Json> responses{};                ///< to messages of operators, until read
    Json statistics{};                                      ///< reported by the last attempt
};

/// A task. Changed by TaskTable only.
struct Task {
    std::string id;
    bool known = false;  ///< registered; otherwise only named as a dependency
    bool dirty = false;  ///< changed since TaskTable::take_dirty()
    bool runnable = false;
    bool batchable = false;
    bool accepts_messages = false;
    bool retries_exhausted = false;  ///< FAILED, without a retry in this run
    /// Set for a FAILED task with a classified failure: registering it again does not end its back-off.
    std::optional<FailureClass> failure_class{};
    Status status = Status::unknown;

    std::uint64_t sequence = 0;  ///< in order of registration
    double priority = 0;
    Time created{};
    Time updated{};
    Time retry_at = never;    ///< FAILED or DISABLED tasks only
    Time expires_at = never;  ///< removed then

    Symbol family{};
    Symbol module{};  ///< may be null
    rpc::Parameters params{};
    Visibility visibilities{};
    NameParams name_params{};  ///< shown in its name; null: all that are public
    ResourceRequest resources{};
    Policy policy{};

    WorkerSet workers{};                  ///< those that can run it
    WorkerSet stakeholders{};             ///< those that need it
    Symbol worker_running{};              ///< the last to run it; may be null
    ResourceRequest resources_running{};  ///< null before the first attempt
    Time time_running = never;
    Symbol batch{};  ///< may be null
    Symbol expl{};   ///< may be null

    rpc::LeaseToken lease = 0;             ///< token of the last attempt
    std::uint32_t attempts = 0;            ///< number of attempts
    std::uint32_t transient_failures = 0;  ///< in this run

    std::vector<TaskId> deps{};
    std::vector<TaskId> dependants{};
    std::uint32_t unfinished = 0;  ///< deps that are not DONE
    std::uint32_t blocked = 0;     ///< deps that are DISABLED or blocked by one that is

    std::unique_ptr<Details> details{};  ///< may be null
};

/// The details of the task; all defaults when it has none.
inline const Details& details(const Task& task) {
    static const Details none;
    return task.details ? *task.details : none;
}

/// As above, creating them if necessary.
inline Details& details(Task& task) {
    if (!task.details) task.details = std::make_unique<Details>();
    return *task.details;
}

/// Need of a task for attention: of a failure until a success or an acknowledgement, also while it is retried.
enum class AlertLevel : std::uint8_t {
    none,
    delayed,         ///< a source is not ready, or the run ended before the task
    retrying,        ///< failed, and will be retried
    needs_operator,  ///< failed repeatedly, or without a retry
};

/// Number of failures in a row that need an operator, whatever the retry policy.
inline constexpr std::uint32_t repeated_failures = 3;

AlertLevel alert_level_of(const Task& task);

/// Time of the failure that alert_level_of() is about.
inline Time alert_since(const Task& task) {
    const bool has_run_since =
        task.status == Status::pending || task.status == Status::running || task.status == Status::batch_running;
    return has_run_since && details(task).last_failure != never ? details(task).last_failure : task.updated;
}

/// Somebody needs the task again: it is not removed.
void need(Task& task);
/// Counts a failure at that time, which ends an acknowledgement.
void add_failure(Task& task, Time at);
/// Forgets the failures in a row, after a success.
void end_failures(Task& task);
/// Acknowledges the last failure: the task has no alert until the next.
void acknowledge_failures(Task& task);

/// Returns true if the task failed because a source is not ready or throttles: a delay, not an error as a full disk is.
bool is_expected_delay(const Task& task);

inline bool is_running(const Task& task) {
    return task.status == Status::running || task.status == Status::batch_running;
}

/// Returns "Family(p=v, q=w)": the parameters that its worker has named or, if it has not, the public ones by name.
std::string display_name(const Task& task);
std::string display_name(const std::string& family, const rpc::Parameters& parameters);

/// Returns the name with all public parameters, as luigid has it, for a search.
std::string full_name(const Task& task);

/// The parameters whose visibility is public.
rpc::Parameters public_parameters(const Task& task);
/// Those of them that its name has, in their order.
rpc::Parameters telling_parameters(const Task& task);

}  // namespace freshet::scheduler
