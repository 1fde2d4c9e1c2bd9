// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/worker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

namespace {

using namespace std::chrono_literals;

constexpr auto between_rounds = 20s;  // of questions about what is ready and is not handed out
constexpr auto first_poll = 500ms;
constexpr auto longest_poll = 5s;  // as long as Luigi's workers wait

/// Workers send the text as a JSON string; others may not.
std::string readable(const std::string& expl) {
    if (!expl.starts_with('"')) return expl;
    try {
        return Json::parse(expl).as_string();
    } catch (const Error&) {
        return expl;
    }
}

}  // namespace

bool Worker::is_running(std::size_t node) const {
    return std::any_of(running_.begin(), running_.end(), [&](const auto& running) { return running.second.node == node; });
}

bool Worker::is_open(std::size_t node) const {
    const Standing& standing = standings_[node];
    if (plan_[node].is_complete || !plan_[node].error.empty() || standing.is_done) return false;
    if (standing.is_given_up || standing.is_foreign) return false;
    return !retries_.contains(node) && !cooling_.contains(node) && !elsewhere_.contains(node) && !is_running(node);
}

bool Worker::is_ready(std::size_t node) const {
    const auto& requirements = plan_[node].requirements;
    return std::all_of(requirements.begin(), requirements.end(),
                       [this](std::size_t r) { return plan_[r].is_complete || standings_[r].is_done; });
}

std::vector<std::size_t> Worker::ready_nodes() const {
    std::vector<std::size_t> ready;
    for (std::size_t node = 0; node < plan_.size(); ++node)
        if (!is_external(node) && is_open(node) && is_ready(node)) ready.push_back(node);
    return ready;
}

std::int64_t Worker::open_tasks() const {
    std::int64_t count = 0;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        if (is_external(node) || plan_[node].is_complete || !plan_[node].error.empty()) continue;
        if (standings_[node].is_done || standings_[node].is_foreign || cooling_.contains(node)) continue;
        if (!elsewhere_.contains(node) && !is_running(node)) ++count;
    }
    return count;
}

bool Worker::expects_work() const {
    if (options_.sharing->serves && last_busy_ + *options_.sharing->serves > parts_.clock.now()) return true;
    return !elsewhere_.empty() || !made_by_others_.empty() || !cooling_.empty() || awaits_given() || !ready_nodes().empty();
}

void Worker::see(const wire::Pending& pending) {
    if (!pending.active && !std::exchange(is_dismissed_, true))
        parts_.observer.noticed(fmt::format("the scheduler has disabled this worker: finishing {} running, starting no more",
                                            running_.size()));
    if (is_dismissed_) return;
    auto elsewhere = std::exchange(elsewhere_, {});
    for (const wire::RunningTask& task : pending.running_tasks) {
        const auto node = plan_.find(task.task_id);
        if (node && task.worker != options_.id && !standings_[*node].is_done) elsewhere_.emplace(*node, task.worker);
    }
    std::vector<std::size_t> ended;
    for (const auto& [node, worker] : elsewhere)
        if (!elsewhere_.contains(node)) ended.push_back(node);
    for (const std::size_t node : ended) look_at_target(node);
    std::erase_if(ended, [this](std::size_t node) { return !is_open(node); });

    const std::int64_t missed = open_tasks() - pending.n_pending_tasks;
    const bool has_changed = missed > 0 && missed != missed_;
    if (has_changed && pending.n_pending_tasks == 0) {
        register_again();
    } else if (has_changed || next_round_ <= parts_.clock.now()) {
        ask_about_given(missing_given());
        ask_about(doubtful_nodes());
        next_round_ = parts_.clock.now() + between_rounds;
    } else if (!ended.empty()) {
        ask_about(ended);
    }
    missed_ = open_tasks() - pending.n_pending_tasks;
}

std::vector<std::size_t> Worker::doubtful_nodes() {
    for (const std::size_t node : ready_nodes()) look_at_target(node);
    return ready_nodes();
}

bool Worker::is_there(std::size_t node) const {
    const AnyTask& task = plan_[node].task;
    try {
        // A wrapper has no target: somebody else reported it when the last that it requires was there.
        return task.type().kind == Kind::wrapper ? is_ready(node) : task.complete();
    } catch (const std::exception&) {
        return false;  // the next look tells
    }
}

void Worker::look_at_target(std::size_t node) {
    if (!is_open(node) || !is_there(node)) return;
    take_as_made(node);
    may_be_work_ = true;
}

std::vector<wire::TaskAdded> Worker::register_tasks(wire::RegisterTasks request) {
    auto answers = call({std::move(request)});
    return std::move(std::get<wire::TasksAdded>(answers.front()).answers);
}

void Worker::ask_about(std::vector<std::size_t> nodes, Learn learn_of) {
    if (!options_.sharing->has_leases) nodes = unclear_at_luigid(std::move(nodes), next_asked_);
    if (nodes.empty()) return;
    // To register a task again changes nothing where it stands well, and mends what the scheduler has forgotten.
    wire::RegisterTasks request;
    for (const std::size_t node : nodes) request.tasks.push_back(registration(plan_, node, options_.id));
    add_given(nodes, request);
    const auto states = register_tasks(std::move(request));
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i)
        (this->*learn_of)(nodes[i], states[i].status ? states[i] : state_of(nodes[i]));
}

void Worker::learn(std::size_t node, const wire::TaskAdded& state) {
    Standing& standing = standings_[node];
    const bool is_disabled = state.status == wire::Status::disabled;
    if (is_external(node)) return learn_of_given(node, state);
    if (state.status == wire::Status::done) {
        look_at_target(node);
        if (is_open(node)) wait_to_be_believed(node, state.retry);
    } else if (state.status == wire::Status::failed && state.retry) {
        retries_[node] = {.at = *state.retry, .why = FailureClass::transient};
    } else if (state.status == wire::Status::failed || is_disabled) {
        const std::string why = readable(state.error);
        standing.is_given_up = true;
        standing.last = {.how = AttemptEnd::How::failed,
                         .attempt = standing.attempts,
                         .message = fmt::format("{}{}", is_disabled ? "the scheduler has disabled it" : "it failed at another worker",
                                                why.empty() ? "" : ": " + why),
                         .failure_class = FailureClass::permanent};
    }
}

void Worker::register_again() {
    parts_.observer.noticed(fmt::format("the scheduler knows of none of {} tasks that are to be run: registering them again", open_tasks()));
    std::vector<std::size_t> nodes;
    wire::RegisterTasks request;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        const Standing& standing = standings_[node];
        const bool is_under_a_lease = is_running(node) && options_.sharing->has_leases;
        if (plan_[node].is_complete || standing.is_given_up || standing.is_foreign || is_under_a_lease) continue;
        nodes.push_back(node);
        const AnyTask& task = plan_[node].task;
        if (!standing.is_done)
            request.tasks.push_back(registration(plan_, node, options_.id));
        else
            request.tasks.push_back(is_external(node) ? sighting(task, options_.id) : report(task, wire::Status::done, options_.id));
    }
    add_complete_requirements(request);
    const auto states = register_tasks(std::move(request));
    for (const std::size_t node : nodes)  // a luigid is told who runs what
        if (is_running(node)) call({report(plan_[node].task, wire::Status::running, options_.id)});
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i)
        if (states[i].status && is_open(nodes[i]) && is_ready(nodes[i])) learn(nodes[i], states[i]);
    next_round_ = {};  // asks a luigid, which does not say
    may_be_work_ = true;
}

void Worker::add_complete_requirements(wire::RegisterTasks& request) const {
    std::vector<bool> wanted(plan_.size());
    for (std::size_t node = 0; node < plan_.size(); ++node)
        for (const std::size_t required : plan_[node].requirements) wanted[required] = true;
    for (std::size_t node = 0; node < plan_.size(); ++node)
        if (wanted[node] && plan_[node].is_complete) request.tasks.push_back(registration(plan_, node, options_.id));
}

void Worker::wait_for_work() {
    if (!options_.sharing || may_be_work_ || free_slots() == 0 || !expects_work()) return;
    if (running_.empty() && retries_.empty() && cooling_.empty()) tell_wait();
    if (parts_.held) {
        if (!std::exchange(is_held_, true)) parts_.held->ask(question());
    } else if (!next_poll_) {
        poll_pause_ = std::clamp<std::chrono::milliseconds>(2 * poll_pause_, first_poll, longest_poll);
        const double part = 0.5 + 0.5 * parts_.chance();
        next_poll_ = parts_.clock.now() + std::chrono::duration_cast<std::chrono::milliseconds>(part * poll_pause_);
    }
}

void Worker::tell_wait() {
    const std::size_t others = elsewhere_.size() + made_by_others_.size();
    if (others == 0 && ready_nodes().empty()) return;  // it serves, and there is nothing
    if (std::exchange(has_told_waiting_, true)) return;
    parts_.observer.noticed(others > 0 ? fmt::format("waiting for {} task{} of other workers", others, others == 1 ? "" : "s")
                                       : "waiting: the scheduler is paused, or has not enough resources left for any task");
}

void Worker::take_offer(const Offer& offer) {
    is_held_ = false;
    may_be_work_ = true;
    const auto* assignment = offer.work ? std::get_if<wire::Assignment>(&offer.work->assignment) : nullptr;
    if (!assignment) return;
    // What a quick question asked for meanwhile may be the same attempt: it runs already, or has even ended.
    const auto node = plan_.find(assignment->task_id);
    if (node && assignment->lease && assignment->lease->token <= standings_[*node].last_lease) return;
    if (free_slots() > 0 || (node && is_running(*node))) return start(*assignment);
    call({returned(*assignment, wire::Status::pending)});
}

/// What is handed out to a worker that starts no more goes back, or nobody would run it until that counts as silent.
void Worker::leave() {
    std::optional<Offer> lost;
    if (parts_.held && is_held_ && parts_.stops() < 2) {
        wire::GetWork question{.worker = options_.id, .only_lost = true};
        question.current_tasks.emplace();
        lost = parts_.held->withdraw(std::move(question));
    }
    stops_noticed_ = std::max(stops_noticed_, 1);
    try {
        hear(parts_.mailbox.take_all(parts_.clock.steady_now()));
        if (lost) take_offer(*lost);
    } catch (const Error& error) {  // all that was to be made is made: this is a courtesy
        parts_.observer.noticed(fmt::format("give back what was handed out at the end: {}", error.what()));
    }
}

void Worker::resize(int slots) {
    options_.slots = std::max(1, slots);
    parts_.observer.noticed(fmt::format("an operator wants {} at once", options_.slots));
    call({wire::AddWorker{.worker = options_.id, .info = {{"workers", options_.slots}}}});
    may_be_work_ = true;
}

}  // namespace freshet::worker
