// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/state.hpp"

#include "scheduler/add_task.hpp"
#include "scheduler/get_work.hpp"
#include "scheduler/leases.hpp"
#include "scheduler/operators.hpp"
#include "scheduler/prune.hpp"
#include "scheduler/queries.hpp"
#include "scheduler/record.hpp"
#include "scheduler/unplanned.hpp"
#include "wire/greeting.hpp"

namespace freshet::scheduler {

namespace {

/// Which rule answers which request. What Luigi answers after pruning prunes here, too.
struct Handler {
    Board& board;
    Time now;

    /// When it is tried again, only those are told who know of it: Luigi's workers get null.
    wire::Response operator()(const wire::AddTask& r) const {
        wire::TaskAdded added = add_task(board, r, now);
        if (!r.lease && !r.failure) added.retry.reset();
        return added;
    }
    wire::Response operator()(const wire::RegisterTasks& r) const {
        wire::TasksAdded added;
        for (const wire::AddTask& task : r.tasks) added.answers.push_back(with_state(add_task(board, task, now), task.task_id));
        return added;
    }
    wire::Response operator()(const wire::GetWork& r) const {
        if (board.config.prune_on_get_work) prune(board, now);
        return get_work(board, r, now);
    }
    wire::Response operator()(const wire::CountPending& r) const {
        return count_pending(board, board.workers.get(r.worker, now));
    }
    wire::Response operator()(const wire::Ping& r) const { return ping(board, r, now); }
    wire::Response operator()(const wire::Hello&) const { return wire::Response(wire::greeting()); }
    wire::Response operator()(const wire::RenewLease& r) const { return renew_lease(board, r, now); }
    wire::Response operator()(const wire::HoldsLease& r) const { return holds_lease(board, r, now); }
    wire::Response operator()(const wire::AddWorker& r) const { return add_worker(board, r, now), nothing; }
    wire::Response operator()(const wire::AddTaskBatcher& r) const { return add_batcher(board, r, now), nothing; }
    wire::Response operator()(const wire::SetTaskStatusMessage& r) const {
        return set_status_message(board, r), nothing;
    }
    wire::Response operator()(const wire::SetTaskProgressPercentage& r) const {
        return set_progress(board, r), nothing;
    }
    wire::Response operator()(const wire::DecreaseRunningTaskResources& r) const {
        return decrease_resources(board, r), nothing;
    }
    wire::Response operator()(const wire::AddSchedulerMessageResponse& r) const {
        return add_message_response(board, r), nothing;
    }
    wire::Response operator()(const wire::ReportTaskStatistics&) const { return wire::Nothing{}; }
    wire::Response operator()(const wire::AnnounceSchedulingFailure& r) const {
        return announce_failure(board, r, now), nothing;
    }
    wire::Response operator()(const wire::DisableWorker& r) const {
        return disable_worker(board, board.workers.get(r.worker, now)), nothing;
    }
    wire::Response operator()(const wire::SetWorkerProcesses& r) const {
        return set_worker_processes(board, r, now), nothing;
    }
    wire::Response operator()(const wire::SendSchedulerMessage& r) const { return send_message(board, r, now); }
    wire::Response operator()(const wire::GetSchedulerMessageResponse& r) const {
        return take_message_response(board, r);
    }
    wire::Response operator()(const wire::UpdateResources& r) const {
        return update_resources(board, r.resources), nothing;
    }
    wire::Response operator()(const wire::UpdateResource& r) const { return Json(update_resource(board, r)); }
    wire::Response operator()(const wire::Prune&) const { return prune(board, now), nothing; }
    wire::Response operator()(const wire::Pause&) const { return set_paused(board, true), nothing; }
    wire::Response operator()(const wire::Unpause&) const { return set_paused(board, false), nothing; }
    wire::Response operator()(const wire::ForgiveFailures& r) const { return forgive_failures(board, r, now); }
    wire::Response operator()(const wire::MarkAsDone& r) const { return mark_as_done(board, r, now); }
    wire::Response operator()(const wire::ReEnableTask& r) const { return re_enable_task(board, r, now); }

    wire::Response operator()(const wire::IsPaused&) const { return Json(Json::Object{{"paused", board.paused}}); }
    wire::Response operator()(const wire::IsPauseEnabled&) const {
        return Json(Json::Object{{"enabled", board.config.pause_enabled}});
    }
    wire::Response operator()(const wire::HasTaskHistory&) const { return Json(board.config.record_task_history); }
    wire::Response operator()(const wire::GetTaskStatusMessage& r) const { return status_message(board, r); }
    wire::Response operator()(const wire::GetTaskProgressPercentage& r) const { return progress(board, r); }
    wire::Response operator()(const wire::GetRunningTaskResources& r) const { return running_resources(board, r); }
    wire::Response operator()(const wire::FetchError& r) const { return fetch_error(board, r); }
    wire::Response operator()(const wire::TaskList& r) const {
        if (auto count = too_many(board, r)) return std::move(*count);
        return prune(board, now), task_list(board, r);
    }
    wire::Response operator()(const wire::TaskSearch& r) const { return prune(board, now), task_search(board, r); }
    wire::Response operator()(const wire::DepGraph& r) const { return prune(board, now), dep_graph(board, r); }
    wire::Response operator()(const wire::InverseDepGraph& r) const {
        return prune(board, now), inverse_dep_graph(board, r);
    }
    wire::Response operator()(const wire::Graph&) const { return prune(board, now), graph(board); }
    wire::Response operator()(const wire::WorkerList& r) const { return prune(board, now), worker_list(board, r); }
    wire::Response operator()(const wire::ResourceList&) const { return prune(board, now), resource_list(board, now); }

private:
    /// Whoever registers a task again hears what has become of it.
    wire::TaskAdded with_state(wire::TaskAdded added, const std::string& task_id) const {
        const auto id = board.tasks.find(task_id);
        if (!id) return added;
        const Task& task = board.tasks[*id];
        added.status = task.status;
        added.is_offered = !task.workers->empty();
        const bool has_failed = task.status == wire::Status::failed || task.status == wire::Status::disabled;
        if (has_failed && task.expl) added.error = *task.expl;
        return added;
    }

    static constexpr wire::Nothing nothing{};  // the answer of a rule that has none
};

using Quarantine = std::function<void(const Record&, const std::string&)>;

/// Visits records with `f`. One that cannot be read is not allowed to stop a start.
template <class F>
VisitRecord readable(const Quarantine& quarantine, F&& f) {
    return [&quarantine, f](const Record& record) {
        try {
            f(record);
        } catch (const std::exception& error) {
            quarantine(record, error.what());
        }
    };
}

/// A task whose runner left no record would run for ever: known again, the runner can be found silent.
void know_runners(Board& board, Time now) {
    for (const Status status : {Status::running, Status::batch_running})
        for (const TaskId id : board.tasks.in_order(status)) {
            if (const Name runner = board.tasks[id].runner) board.workers.get(*runner, now);
        }
}

}  // namespace

State::State(Config config, std::uint64_t seed) : board_(std::make_unique<Board>(std::move(config), seed)) {}
State::State(State&&) noexcept = default;
State::~State() = default;

wire::Response State::handle(const wire::Request& request, Time now) {
    return std::visit(Handler{*board_, now}, request);
}

void State::restore(const Memory& memory, Time now,
                    const std::function<void(const Record&, const std::string&)>& quarantine) {
    board_->tasks.reserve(memory.count);
    TaskReader reader(*board_);
    memory.tasks(readable(quarantine, [&](const Record& record) {
        RestoredTask restored = reader.read(record.id, record.content);
        const TaskId id = board_->tasks.restore(std::move(restored.task));
        if (!restored.deps.empty()) board_->tasks.depend(id, restored.deps, TaskTable::Keep::nothing);
    }));
    memory.workers(readable(quarantine, [&](const Record& record) {
        board_->workers.restore(worker_from_record(*board_, record.id, record.content, now));
    }));
    const auto remember = readable(quarantine, [&](const Record& record) { board_->chronicle.restore(record); });
    for (const Record& family : memory.families) remember(family);
    if (memory.settings)
        readable(quarantine,
                 [&](const Record& record) { restore_settings(*board_, record.content); })(*memory.settings);
    board_->tasks.forget_touched();
    know_runners(*board_, now);
}

void State::excuse(Time::duration silence) { board_->workers.excuse(silence); }

void State::configure(wire::Resources limits, std::set<std::string> rates) {
    configure_resources(*board_, std::move(limits), std::move(rates));
}

void State::abandon_workers(Time now) { scheduler::abandon_workers(*board_, now); }

bool State::has_work_for(const wire::GetWork& question, Time now) const {
    return scheduler::has_work_for(*board_, question, now);
}

std::uint64_t State::openings() const { return board_->openings + board_->tasks.index().openings(); }

bool State::has_news_for(const wire::GetWork& question) const { return scheduler::has_news_for(*board_, question); }

std::uint64_t State::endings() const { return board_->endings + board_->tasks.index().endings(); }

std::size_t State::ready() const { return board_->tasks.index().ready().size(); }

std::optional<Time> State::next_wakeup() const { return next_change(*board_); }

Changes State::take_changes() {
    Changes changes;
    changes.removed_tasks = board_->tasks.take_removed();
    for (const TaskId id : board_->tasks.take_touched()) changes.tasks.push_back(task_record(*board_, id));
    for (const std::string& name : board_->workers.take_removed()) changes.removed_workers.push_back(name);
    for (const Worker* worker : board_->workers.take_marked()) changes.workers.push_back(worker_record(*worker));
    changes.families = board_->chronicle.take_changed();
    if (std::exchange(board_->settings_changed, false)) changes.settings = settings_record(*board_);
    changes.attempts = std::exchange(board_->diary.attempts, {});
    changes.history = std::exchange(board_->diary.history, {});
    changes.events = std::exchange(board_->diary.events, {});
    return changes;
}

}  // namespace freshet::scheduler
