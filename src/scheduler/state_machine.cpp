// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/state_machine.hpp"

#include "rpc/responses.hpp"
#include "scheduler/admin.hpp"
#include "scheduler/clock_change.hpp"
#include "scheduler/dispatch.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/leases.hpp"
#include "scheduler/luigi_queries.hpp"
#include "scheduler/prune.hpp"
#include "scheduler/queue_status.hpp"
#include "scheduler/records.hpp"
#include "scheduler/register_task.hpp"
#include "scheduler/rerun.hpp"
#include "scheduler/sliced_query.hpp"

#include <utility>

namespace freshet::scheduler {

namespace {

/// Answers each query; nullopt for any other request.
struct Queries {
    using Answer = std::optional<rpc::Response>;

    const SchedulerState& state;
    Time now;

    Answer operator()(const rpc::Hello&) const { return rpc::server_info(); }
    Answer operator()(const rpc::IsPaused&) const { return Json(Json::Object{{"paused", state.paused}}); }
    Answer operator()(const rpc::IsPauseEnabled&) const {
        return Json(Json::Object{{"enabled", state.config.pause_enabled}});
    }
    Answer operator()(const rpc::HasTaskHistory&) const { return Json(state.config.record_task_history); }
    Answer operator()(const rpc::GetTaskStatusMessage& r) const { return status_message(state, r); }
    Answer operator()(const rpc::GetTaskProgressPercentage& r) const { return progress(state, r); }
    Answer operator()(const rpc::GetRunningTaskResources& r) const { return running_resources(state, r); }
    Answer operator()(const rpc::Explain& r) const { return answer(state, r, now); }
    Answer operator()(const rpc::QueueStatus& r) const { return queue_status(state, r, now); }
    Answer operator()(const rpc::FetchError& r) const { return fetch_error(state, r); }
    template <class Request>
    Answer operator()(const Request& r) const {
        if constexpr (is_sliced<Request>)
            return execute_query(state, r, now);
        else
            return std::nullopt;
    }
};

/// Counts the heartbeat that a request is, if its worker is connected; answers those that are nothing else.
struct Heartbeats {
    using Answer = std::optional<rpc::Response>;

    SchedulerState& state;
    Time now;

    Answer operator()(const rpc::Ping& r) const {
        record(r.worker);
        rpc::Messages messages;
        for (const auto& [task_id, token] : r.leases) {
            const auto known = known_lease_state(state, task_id, r.worker, static_cast<rpc::LeaseToken>(token), now);
            if (known && !known->held) messages.taken_leases.emplace(task_id, token);
        }
        return messages;
    }
    Answer operator()(const rpc::RenewLease& r) const { return lease(r.worker, r.task_id, r.lease); }
    Answer operator()(const rpc::HoldsLease& r) const { return lease(r.worker, r.task_id, r.lease); }
    Answer operator()(const rpc::CountPending& r) const {
        const Worker* worker = state.workers.find(r.worker);
        return worker ? Answer(count_pending(state, *worker)) : std::nullopt;
    }
    Answer operator()(const rpc::AddTask& r) const { return record(r.worker), std::nullopt; }
    Answer operator()(const rpc::RegisterTasks& r) const {
        if (!r.tasks.empty()) record(r.tasks.front().worker);
        return std::nullopt;
    }
    Answer operator()(const rpc::GetWork& r) const {
        if (!r.was_parked) record(r.worker);
        return std::nullopt;
    }
    template <class Request>
    Answer operator()(const Request&) const {
        return std::nullopt;
    }

private:
    Answer lease(const std::string& worker, const std::string& task_id, rpc::LeaseToken token) const {
        record(worker);
        return known_lease_state(state, task_id, worker, token, now);
    }
    void record(const std::string& name) const {
        if (Worker* worker = state.workers.find(name)) worker->last_active = now;
    }
};

/// Dispatches each request to its rule. Prunes before the requests for which Luigi does.
struct Handler {
    SchedulerState& state;
    Time now;

    /// Omits the retry time for Luigi's workers, which expect null.
    rpc::Response operator()(const rpc::AddTask& r) const {
        rpc::TaskAdded added = register_task(state, r, now);
        if (!r.lease && !r.failure) added.retry.reset();
        return added;
    }
    rpc::Response operator()(const rpc::RegisterTasks& r) const {
        rpc::TasksAdded added;
        for (const rpc::AddTask& task : r.tasks)
            added.answers.push_back(with_status(register_task(state, task, now), task.task_id));
        return added;
    }
    rpc::Response operator()(const rpc::GetWork& r) const {
        if (state.config.prune_on_get_work) prune(state, now);
        return get_work(state, r, now);
    }
    rpc::Response operator()(const rpc::CountPending& r) const {
        return count_pending(state, state.workers.get(r.worker, now));
    }
    rpc::Response operator()(const rpc::Ping& r) const { return ping(state, r, now); }
    rpc::Response operator()(const rpc::RenewLease& r) const { return renew_lease(state, r, now); }
    rpc::Response operator()(const rpc::HoldsLease& r) const { return holds_lease(state, r, now); }
    rpc::Response operator()(const rpc::AddWorker& r) const { return add_worker(state, r, now), nothing; }
    rpc::Response operator()(const rpc::AddTaskBatcher& r) const { return add_batcher(state, r, now), nothing; }
    rpc::Response operator()(const rpc::SetTaskStatusMessage& r) const { return set_status_message(state, r), nothing; }
    rpc::Response operator()(const rpc::SetTaskProgressPercentage& r) const { return set_progress(state, r), nothing; }
    rpc::Response operator()(const rpc::DecreaseRunningTaskResources& r) const {
        return decrease_resources(state, r), nothing;
    }
    rpc::Response operator()(const rpc::AddSchedulerMessageResponse& r) const {
        return add_message_response(state, r), nothing;
    }
    rpc::Response operator()(const rpc::ReportTaskStatistics& r) const { return add_statistics(state, r), nothing; }
    rpc::Response operator()(const rpc::AnnounceSchedulingFailure& r) const {
        return add_scheduling_failure(state, r, now), nothing;
    }
    rpc::Response operator()(const rpc::DisableWorker& r) const {
        return disable_worker(state, state.workers.get(r.worker, now)), nothing;
    }
    rpc::Response operator()(const rpc::SetWorkerProcesses& r) const {
        return set_worker_processes(state, r, now), nothing;
    }
    rpc::Response operator()(const rpc::SendSchedulerMessage& r) const { return send_message(state, r, now); }
    rpc::Response operator()(const rpc::GetSchedulerMessageResponse& r) const {
        return take_message_response(state, r);
    }
    rpc::Response operator()(const rpc::UpdateResources& r) const {
        return update_resources(state, r.resources), nothing;
    }
    rpc::Response operator()(const rpc::UpdateResource& r) const { return Json(update_resource(state, r)); }
    rpc::Response operator()(const rpc::Prune&) const { return prune(state, now), nothing; }
    rpc::Response operator()(const rpc::Pause&) const { return set_paused(state, true), nothing; }
    rpc::Response operator()(const rpc::Unpause&) const { return set_paused(state, false), nothing; }
    rpc::Response operator()(const rpc::RetryTasks& r) const { return retry_tasks(state, r, now); }
    rpc::Response operator()(const rpc::ForgiveFailures& r) const { return forgive_failures(state, r, now); }
    rpc::Response operator()(const rpc::MarkAsDone& r) const { return mark_as_done(state, r, now); }
    rpc::Response operator()(const rpc::CancelTask& r) const { return cancel_task(state, r, now); }
    rpc::Response operator()(const rpc::RerunTask& r) const { return rerun_task(state, r, now); }
    rpc::Response operator()(const rpc::SetTaskPriority& r) const { return set_priority(state, r, now); }
    rpc::Response operator()(const rpc::ReEnableTask& r) const { return re_enable_task(state, r, now); }
    rpc::Response operator()(const rpc::AcknowledgeFailures& r) const { return acknowledge_failures(state, r, now); }

    /// The queries. As Luigi, prunes before those that walk through many tasks.
    template <class Query>
    rpc::Response operator()(const Query& r) const {
        if constexpr (is_sliced<Query>) prune(state, now);
        return Queries{state, now}(r).value();
    }

private:
    /// Adds the task's current state, for a worker that registers it again.
    rpc::TaskAdded with_status(rpc::TaskAdded added, const std::string& task_id) const {
        const auto id = state.tasks.find(task_id);
        if (!id) return added;
        const Task& task = state.tasks[*id];
        added.status = task.status;
        added.is_offered = !task.workers->empty();
        const bool has_failed = task.status == rpc::Status::failed || task.status == rpc::Status::disabled;
        if (has_failed && task.expl) added.error = *task.expl;
        return added;
    }

    static constexpr rpc::Nothing nothing{};  // the response of rules without one
};

using Quarantine = std::function<void(const Record&, const std::string&)>;

/// Visits records with `f`; an unreadable one is quarantined and does not prevent the start.
template <class F>
RecordVisitor skip_unreadable(const Quarantine& quarantine, F&& f) {
    return [&quarantine, f](const Record& record) {
        try {
            f(record);
        } catch (const std::exception& error) {
            quarantine(record, error.what());
        }
    };
}

/// Registers the workers of running tasks that have no record: else their tasks would run for ever, since only a known
/// worker times out.
void ensure_running_workers(SchedulerState& state, Time now) {
    for (const Status status : {Status::running, Status::batch_running})
        for (const TaskId id : state.tasks.in_order(status)) {
            if (const Symbol runner = state.tasks[id].worker_running) state.workers.get(*runner, now);
        }
}

}  // namespace

SchedulerState::SchedulerState(Config configuration, std::uint64_t seed_value)
    : config(std::move(configuration)),
      seed(seed_value),
      no_resources(tasks.resource_request({})),
      workers(tasks.symbols()),
      limits(config.resources),
      rate_limiter(std::exchange(config.rates, {})) {}

StateMachine::StateMachine(Config config, std::uint64_t seed)
    : state_(std::make_unique<SchedulerState>(std::move(config), seed)) {}
StateMachine::StateMachine(StateMachine&&) noexcept = default;
StateMachine::~StateMachine() = default;

rpc::Response StateMachine::handle(const rpc::Request& request, Time now) {
    return std::visit(Handler{*state_, now}, request);
}

void StateMachine::restore(const SavedState& saved, Time now,
                           const std::function<void(const Record&, const std::string&)>& quarantine) {
    state_->tasks.reserve(saved.task_count);
    TaskReader reader(*state_);
    saved.tasks(skip_unreadable(quarantine, [&](const Record& record) {
        RestoredTask restored = reader.read(record.id, record.content);
        const TaskId id = state_->tasks.restore(std::move(restored.task));
        if (!restored.deps.empty())
            state_->tasks.set_dependencies(id, restored.deps, TaskTable::DependencyUpdate::replace);
    }));
    saved.workers(skip_unreadable(quarantine, [&](const Record& record) {
        state_->workers.restore(worker_from_record(*state_, record.id, record.content, now));
    }));
    const auto restore_family =
        skip_unreadable(quarantine, [&](const Record& record) { state_->family_stats.restore(record); });
    for (const Record& family : saved.families) restore_family(family);
    const auto restore_root_failure =
        skip_unreadable(quarantine, [&](const Record& record) { state_->root_failures.restore(record); });
    for (const Record& failure : saved.root_failures) restore_root_failure(failure);
    if (saved.settings)
        skip_unreadable(quarantine,
                        [&](const Record& record) { restore_settings(*state_, record.content); })(*saved.settings);
    else
        start_leases(*state_, now);
    state_->tasks.clear_dirty();
    ensure_running_workers(*state_, now);
    limit_times(*state_, now);
}

std::optional<rpc::Response> StateMachine::handle_unstored(const rpc::Request& request, Time now) {
    if (auto answer = std::visit(Heartbeats{*state_, now}, request)) return answer;
    return std::visit(Queries{*state_, now}, request);
}

void StateMachine::restore_attempt(const rpc::HoldsLease& attempt, Time now) {
    scheduler::restore_attempt(*state_, attempt, now);
}

void StateMachine::restart_timeouts(Time now) {
    state_->workers.record_heartbeats(now);
    state_->timeouts_restarted = now;
}

void StateMachine::shift_heartbeats(Time::duration silence) { state_->workers.shift_heartbeats(silence); }

void StateMachine::shift_times(Time::duration change, Time now) { scheduler::shift_times(*state_, change, now); }

void StateMachine::configure(rpc::Resources limits, std::set<std::string> rates) {
    configure_resources(*state_, std::move(limits), std::move(rates));
}

bool StateMachine::drop_dead_workers(const IsDead& is_dead, Time now) {
    return scheduler::drop_dead_workers(*state_, is_dead, now);
}

bool StateMachine::has_work_for(const rpc::GetWork& request, Time now) const {
    return scheduler::has_work_for(*state_, request, now);
}

std::uint64_t StateMachine::ready_generation() const {
    return state_->ready_generation + state_->tasks.index().ready_generation();
}

bool StateMachine::should_stop_waiting(const rpc::GetWork& request) const {
    return scheduler::should_stop_waiting(*state_, request);
}

std::uint64_t StateMachine::drained_generation() const {
    return state_->drained_generation + state_->tasks.index().drained_generation();
}

std::size_t StateMachine::ready() const { return state_->tasks.index().ready().size(); }

std::optional<Time> StateMachine::next_wakeup() const { return next_change(*state_); }

WriteBatch StateMachine::take_write_batch() {
    WriteBatch batch;
    batch.clock_change = std::exchange(state_->pending_history.clock_change, {});
    batch.removed_tasks = state_->tasks.take_removed();
    for (const TaskId id : state_->tasks.take_dirty()) batch.tasks.push_back(task_record(*state_, id));
    for (const std::string& name : state_->workers.take_removed()) batch.removed_workers.push_back(name);
    for (const Worker* worker : state_->workers.take_dirty()) batch.workers.push_back(worker_record(*worker));
    batch.families = state_->family_stats.take_changed();
    batch.removed_root_failures = state_->root_failures.take_removed();
    batch.root_failures = state_->root_failures.take_changed();
    if (std::exchange(state_->settings_changed, false)) batch.settings = settings_record(*state_);
    batch.runs = std::exchange(state_->pending_history.runs, {});
    batch.attempts = std::exchange(state_->pending_history.attempts, {});
    batch.history = std::exchange(state_->pending_history.history, {});
    batch.events = std::exchange(state_->pending_history.events, {});
    return batch;
}

}  // namespace freshet::scheduler
