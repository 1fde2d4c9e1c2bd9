// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/error_summary.hpp"
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

namespace {

using namespace std::chrono_literals;

constexpr auto reconcile_interval = 20s;  // of questions about what is ready and is not handed out
constexpr auto min_poll_pause = 500ms;
constexpr auto max_poll_pause = 5s;  // as long as Luigi's workers wait

}  // namespace

bool Worker::is_running(std::size_t node) const {
    return std::any_of(running_.begin(), running_.end(),
                       [&](const auto& running) { return running.second.node == node; });
}

bool Worker::is_pending(std::size_t node) const {
    const TaskState& task_state = task_states_[node];
    if (plan_[node].is_complete || !plan_[node].error.empty() || task_state.is_done) return false;
    if (task_state.has_failed_permanently || task_state.is_foreign) return false;
    return !retries_.contains(node) && !cooldowns_.contains(node) && !running_elsewhere_.contains(node) &&
           !is_running(node);
}

bool Worker::is_ready(std::size_t node) const {
    const auto& requirements = plan_[node].requirements;
    return std::all_of(requirements.begin(), requirements.end(),
                       [this](std::size_t r) { return plan_[r].is_complete || task_states_[r].is_done; });
}

std::vector<std::size_t> Worker::ready_nodes() const {
    std::vector<std::size_t> ready;
    for (std::size_t node = 0; node < plan_.size(); ++node)
        if (!is_external(node) && is_pending(node) && is_ready(node)) ready.push_back(node);
    return ready;
}

std::int64_t Worker::count_pending_tasks() const {
    std::int64_t count = 0;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        if (is_external(node) || plan_[node].is_complete || !plan_[node].error.empty()) continue;
        if (task_states_[node].is_done || task_states_[node].is_foreign || cooldowns_.contains(node)) continue;
        if (!running_elsewhere_.contains(node) && !is_running(node)) ++count;
    }
    return count;
}

bool Worker::expects_work() const {
    if (options_.shared_scheduler->idle_timeout &&
        last_busy_ + *options_.shared_scheduler->idle_timeout > parts_.clock.now())
        return true;
    return !running_elsewhere_.empty() || !offered_external_.empty() || !cooldowns_.empty() || awaits_external() ||
           !ready_nodes().empty();
}

void Worker::reconcile(const rpc::Pending& pending) {
    if (!pending.active && !std::exchange(is_disabled_, true))
        parts_.observer.notified(fmt::format(
            "the scheduler has disabled this worker: finishing {} running, starting no more", running_.size()));
    if (is_disabled_) return;
    auto was_running = std::exchange(running_elsewhere_, {});
    for (const rpc::RunningTask& task : pending.running_tasks) {
        const auto node = plan_.find(task.task_id);
        if (node && task.worker != options_.id && !task_states_[*node].is_done)
            running_elsewhere_.emplace(*node, task.worker);
    }
    std::vector<std::size_t> ended;
    for (const auto& [node, worker] : was_running)
        if (!running_elsewhere_.contains(node)) ended.push_back(node);
    for (const std::size_t node : ended) check_target(node);
    std::erase_if(ended, [this](std::size_t node) { return !is_pending(node); });

    const std::int64_t unknown = count_pending_tasks() - pending.n_pending_tasks;
    const bool has_changed = unknown > 0 && unknown != unknown_to_scheduler_;
    if (has_changed && pending.n_pending_tasks == 0) {
        reregister_all();
    } else if (has_changed || next_reconcile_ <= parts_.clock.now()) {
        query_external(missing_external());
        query_tasks(recheck_ready_nodes());
        next_reconcile_ = parts_.clock.now() + reconcile_interval;
    } else if (!ended.empty()) {
        query_tasks(ended);
    }
    unknown_to_scheduler_ = count_pending_tasks() - pending.n_pending_tasks;
}

std::vector<std::size_t> Worker::recheck_ready_nodes() {
    for (const std::size_t node : ready_nodes()) check_target(node);
    return ready_nodes();
}

bool Worker::output_exists(std::size_t node) const {
    const AnyTask& task = plan_[node].task;
    try {
        // A wrapper has no target: somebody else reported it when the last that it requires was there.
        return task.type().kind == TaskKind::wrapper ? is_ready(node) : task.complete();
    } catch (const std::exception&) {
        return false;  // the next look tells
    }
}

void Worker::check_target(std::size_t node) {
    if (!is_pending(node) || !output_exists(node)) return;
    mark_done_elsewhere(node);
    may_be_work_ = true;
}

std::vector<rpc::TaskAdded> Worker::register_tasks(rpc::RegisterTasks request) {
    auto responses = call({std::move(request)});
    return std::move(std::get<rpc::TasksAdded>(responses.front()).answers);
}

void Worker::query_tasks(std::vector<std::size_t> nodes, ApplyState apply) {
    if (!options_.shared_scheduler->has_leases) nodes = poll_luigid(std::move(nodes), next_queried_);
    if (nodes.empty()) return;
    // To register a task again changes nothing where it stands well, and mends what the scheduler has forgotten.
    rpc::RegisterTasks request;
    for (const std::size_t node : nodes) request.tasks.push_back(registration(plan_, node, options_.id));
    add_external(nodes, request);
    const auto states = register_tasks(std::move(request));
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i)
        (this->*apply)(nodes[i], states[i].status ? states[i] : query_state(nodes[i]));
}

void Worker::apply_state(std::size_t node, const rpc::TaskAdded& state) {
    TaskState& task_state = task_states_[node];
    const bool is_disabled = state.status == rpc::Status::disabled;
    if (is_external(node)) return apply_external_state(node, state);
    if (state.status == rpc::Status::done) {
        check_target(node);
        if (is_pending(node)) start_cooldown(node, state.retry);
    } else if (state.status == rpc::Status::failed && state.retry) {
        retries_[node] = {.at = *state.retry, .reason = FailureClass::transient};
    } else if (state.status == rpc::Status::failed || is_disabled) {
        const std::string reason = rpc::readable_message(state.error);
        task_state.has_failed_permanently = true;
        task_state.last = {.status = FinishedAttempt::Status::failed,
                           .attempt = task_state.attempts,
                           .message = fmt::format(
                               "{}{}", is_disabled ? "the scheduler has disabled it" : "it failed at another worker",
                               reason.empty() ? "" : ": " + reason),
                           .failure_class = FailureClass::permanent};
    }
}

void Worker::reregister_all() {
    parts_.observer.notified(fmt::format(
        "the scheduler knows of none of {} tasks that are to be run: registering them again", count_pending_tasks()));
    std::vector<std::size_t> nodes;
    rpc::RegisterTasks request;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        const TaskState& task_state = task_states_[node];
        const bool is_under_a_lease = is_running(node) && options_.shared_scheduler->has_leases;
        if (plan_[node].is_complete || task_state.has_failed_permanently || task_state.is_foreign || is_under_a_lease)
            continue;
        nodes.push_back(node);
        const AnyTask& task = plan_[node].task;
        if (!task_state.is_done)
            request.tasks.push_back(registration(plan_, node, options_.id));
        else
            request.tasks.push_back(is_external(node) ? external_done(task, options_.id)
                                                      : report(task, rpc::Status::done, options_.id));
    }
    add_complete_requirements(request);
    const auto states = register_tasks(std::move(request));
    for (const std::size_t node : nodes)  // a luigid is told who runs what
        if (is_running(node)) call({report(plan_[node].task, rpc::Status::running, options_.id)});
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i)
        if (states[i].status && is_pending(nodes[i]) && is_ready(nodes[i])) apply_state(nodes[i], states[i]);
    next_reconcile_ = {};  // asks a luigid, which does not say
    may_be_work_ = true;
}

void Worker::add_complete_requirements(rpc::RegisterTasks& request) const {
    std::vector<bool> is_required(plan_.size());
    for (std::size_t node = 0; node < plan_.size(); ++node)
        for (const std::size_t required : plan_[node].requirements) is_required[required] = true;
    for (std::size_t node = 0; node < plan_.size(); ++node)
        if (is_required[node] && plan_[node].is_complete)
            request.tasks.push_back(registration(plan_, node, options_.id));
}

void Worker::poll_for_work() {
    if (!options_.shared_scheduler || may_be_work_ || free_slots() == 0 || !expects_work()) return;
    if (running_.empty() && retries_.empty() && cooldowns_.empty()) log_wait();
    if (parts_.long_poll) {
        if (!std::exchange(is_polling_, true)) parts_.long_poll->start(work_request());
    } else if (!next_poll_) {
        poll_pause_ = std::clamp<std::chrono::milliseconds>(2 * poll_pause_, min_poll_pause, max_poll_pause);
        const double part = 0.5 + 0.5 * parts_.jitter();
        next_poll_ = parts_.clock.now() + std::chrono::duration_cast<std::chrono::milliseconds>(part * poll_pause_);
    }
}

void Worker::log_wait() {
    const std::size_t others = running_elsewhere_.size() + offered_external_.size();
    if (others == 0 && ready_nodes().empty()) return;  // it serves, and there is nothing
    if (std::exchange(logged_wait_, true)) return;
    parts_.observer.notified(others > 0
                                 ? fmt::format("waiting for {} task{} of other workers", others, others == 1 ? "" : "s")
                                 : "waiting: the scheduler is paused, or has not enough resources left for any task");
}

void Worker::on_poll_result(const PollResult& result) {
    is_polling_ = false;
    may_be_work_ = true;
    const auto* assignment = result.work ? std::get_if<rpc::Assignment>(&result.work->assignment) : nullptr;
    if (!assignment) return;
    // What a quick question asked for meanwhile may be the same attempt: it runs already, or has even ended.
    const auto node = plan_.find(assignment->task_id);
    if (node && assignment->lease && assignment->lease->token <= task_states_[*node].last_lease) return;
    if (free_slots() > 0 || (node && is_running(*node))) return dispatch(*assignment);
    call({assignment_report(*assignment, rpc::Status::pending)});
}

/// What is handed out to a worker that starts no more goes back, or nobody would run it until that counts as silent.
void Worker::shut_down() {
    std::optional<PollResult> lost;
    if (parts_.long_poll && is_polling_ && parts_.stop_requests() < 2) {
        rpc::GetWork request{.worker = options_.id, .only_lost = true};
        request.current_tasks.emplace();
        lost = parts_.long_poll->cancel(std::move(request));
    }
    stop_requests_seen_ = std::max(stop_requests_seen_, 1);
    try {
        on_messages(parts_.mailbox.take_all(parts_.clock.steady_now()));
        if (lost) on_poll_result(*lost);
    } catch (const Error& error) {  // all that was to be made is made: this is a courtesy
        parts_.observer.notified(fmt::format("give back what was handed out at the end: {}", error.what()));
    }
}

void Worker::set_slots(int slots) {
    options_.slots = std::max(1, slots);
    parts_.observer.notified(fmt::format("an operator wants {} at once", options_.slots));
    call({rpc::AddWorker{.worker = options_.id, .info = {{"workers", options_.slots}}}});
    may_be_work_ = true;
}

}  // namespace freshet::worker
