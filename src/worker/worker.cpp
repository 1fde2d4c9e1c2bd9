// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include "worker/batch.hpp"
#include "worker/explanations.hpp"
#include "worker/rerun.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::worker {

namespace {

using namespace std::chrono_literals;

// The last lines of an attempt's log are sent with its result, for the scheduler's pages.
constexpr std::size_t max_tail_lines = 20;
constexpr std::size_t max_tail_line_length = 400;
constexpr std::chrono::milliseconds min_wait{100};  // past the idle timeout, while attempts still run
constexpr auto min_poll_pause = 500ms;
constexpr auto max_poll_pause = 5s;           // as Luigi's workers
constexpr std::size_t max_logged_waits = 20;  // reasons to wait, with the amounts in use: more would flood the log

void append_log_tail(RunningAttempt& running, const LogLine& line) {
    running.log_tail.push_back(line.text.substr(0, max_tail_line_length));
    if (running.log_tail.size() > max_tail_lines) running.log_tail.pop_front();
}

/// Forwards an attempt's messages to the observer.
struct ForwardToObserver {
    Observer& observer;
    const AnyTask& task;

    void operator()(const Progress& message) const { observer.progressed(task, message.fraction); }
    void operator()(const StatusMessage& message) const { observer.status_changed(task, message.text); }
    void operator()(const LogLine& message) const { observer.logged(task, message.text, message.is_warning); }
};

}  // namespace

Worker::Worker(const Registry& registry, Plan& plan, const WorkerParts& parts, WorkerOptions options)
    : registry_(registry),
      parts_(parts),
      options_(std::move(options)),
      plan_(plan),
      states_(plan),
      observer_(parts.observer),
      scheduler_(parts.scheduler, parts.clock,
                 [this](const std::string& error) {
                     if (parts_.stop_requests() >= 2) return false;
                     pause_for_full_disk(error);
                     on_messages(parts_.mailbox.take_all(parts_.clock.steady_now() + options_.full_disk_pause));
                     return true;
                 }),
      protocol_(make_protocol(options_, scheduler_, plan, states_)),
      context_{.options = options_,
               .clock = parts.clock,
               .scheduler = scheduler_,
               .protocol = *protocol_,
               .plan = plan,
               .states = states_,
               .observer = observer_},
      reconciler_(context_),
      lost_inputs_(context_, reconciler_),
      dispatcher_(context_, {registry, parts.threads, parts.processes, parts.jobs, lost_inputs_}),
      finisher_(context_) {}

void Worker::run() {
    try {
        run_loop();
        observer_.pass_on();
    } catch (const std::exception&) {
        log_unfinished();
        throw;
    }
}

void Worker::run_loop() {
    last_busy_ = parts_.clock.now();
    std::vector<rpc::Request> introduction = batchers(registry_, options_.id);
    introduction.insert(introduction.begin(), rpc::AddWorker{.worker = options_.id, .info = options_.info});
    scheduler_.call(introduction);
    reconciler_.register_from(0);
    if (options_.slots == 0) return leave_to_others(context_);
    for (;;) {
        dispatch_work();
        if (free_slots() > 0 && reconciler_.release_waiting(false)) continue;
        if (!has_more_to_do()) {
            if (may_start() && reconciler_.release_waiting(true)) continue;
            if (may_start()) explain_ready_tasks(context_);
            return shut_down();
        }
        wait();
        finish_attempts();
    }
}

void Worker::dispatch_work() {
    check_stop_requests();
    while (!unsent_reports_.empty() || (states_.may_be_work() && free_slots() > 0)) exchange_reports_for_work();
    poll_for_work();
    parts_.on_leases(states_.running_leases());
    next_tick_ = parts_.on_tick();
}

/// Sends reports and work requests together: one transaction of the scheduler, one disk sync.
void Worker::exchange_reports_for_work() {
    auto sent = std::exchange(unsent_reports_, {});
    std::vector<rpc::Request> requests;
    for (AttemptReport& report : sent) requests.emplace_back(std::move(report.request));
    for (AttemptReport& report : sent)
        if (report.end_of_batch) requests.emplace_back(*std::move(report.end_of_batch));
    const std::size_t reported = requests.size();
    for (rpc::GetWork& request : work_requests()) requests.emplace_back(std::move(request));
    const Time asked_at = parts_.clock.now();
    const auto responses = scheduler_.call(requests);

    for (std::size_t i = 0; i < sent.size(); ++i) {
        const std::size_t node = sent[i].node;
        finisher_.on_reported(std::move(sent[i]), responses[i]);
        if (states_[node].has_failed_permanently) on_failure(node);
    }
    if (!sent.empty()) last_busy_ = parts_.clock.now();
    states_.set_may_be_work(false);
    // Retries due when the scheduler was asked are assigned now or once their requirements are complete. A retry that
    // fell due while it answered wants another request.
    if (responses.size() > reported) states_.erase_retries_before(asked_at);
    const std::size_t running_before = states_.running().size();
    std::size_t assigned = 0;
    const rpc::Work* nothing = nullptr;
    for (std::size_t i = reported; i < responses.size(); ++i) {
        const auto& work = std::get<rpc::Work>(responses[i]);
        if (std::holds_alternative<std::monostate>(work.assignment)) {
            nothing = &work;
            continue;
        }
        dispatch(work);
        ++assigned;
        states_.set_may_be_work(true);
    }
    // A slot was left without work: nothing changes that until an attempt ends, unless one was not even started.
    if (nothing && states_.running().size() == running_before + assigned) states_.set_may_be_work(false);
    observer_.pass_on();
    if (nothing && !states_.may_be_work()) reconciler_.reconcile(nothing->pending);
}

void Worker::on_failure(std::size_t node) {
    reconciler_.on_failure();
    if (!options_.fail_fast || stop_requests_seen_ > 0) return;
    if (states_[node].last->failure_class == FailureClass::not_ready) return;
    stop_requests_seen_ = 1;
    observer_.notified(fmt::format("{} failed for good: finishing {} running, starting no more",
                                   plan_[node].task.description(), states_.running().size()));
}

int Worker::free_slots() const {
    if (stop_requests_seen_ > 0 || reconciler_.is_disabled() || paused_until_) return 0;
    return std::max(0, options_.slots - static_cast<int>(states_.running().size()));
}

std::vector<rpc::GetWork> Worker::work_requests() const {
    std::vector<rpc::GetWork> requests = protocol_->work_requests(free_slots());
    if (requests.empty()) return requests;
    auto& current = requests.front().current_tasks.emplace();  // a task assigned in a lost answer is assigned again
    for (const auto& [token, running] : states_.running()) {
        const auto ids = states_.ids_of(running);
        current.insert(current.end(), ids.begin(), ids.end());
        if (running.nodes.size() > 1) current.push_back(running.task.id());
    }
    return requests;
}

/// Gives back what it cannot start at once: the stop of the run may have been requested during the call.
void Worker::dispatch(const rpc::Work& work) {
    check_stop_requests();
    Dispatcher::Dispatched dispatched;
    if (const auto* assignment = std::get_if<rpc::Assignment>(&work.assignment)) {
        const auto node = plan_.find(assignment->task_id);
        if (free_slots() == 0 && !(node && states_.is_running(*node))) return dispatcher_.give_back(*assignment);
        dispatched = dispatcher_.dispatch(*assignment);
    } else if (const auto* batch = std::get_if<rpc::BatchAssignment>(&work.assignment)) {
        if (free_slots() == 0) return dispatcher_.give_back(*batch);
        dispatched = dispatcher_.dispatch(*batch);
    }
    std::ranges::move(dispatched.reports, std::back_inserter(unsent_reports_));
    if (!dispatched.is_new) return;
    last_busy_ = parts_.clock.now();
    poll_pause_ = {};
}

bool Worker::expects_work() const {
    if (!protocol_->is_shared()) return false;
    if (options_.idle_timeout && last_busy_ + *options_.idle_timeout > parts_.clock.now()) return true;
    return states_.count_elsewhere() > 0 || !states_.cooldowns().empty() || reconciler_.awaits_targets() ||
           !states_.ready_nodes().empty();
}

bool Worker::has_more_to_do() const {
    if (!states_.running().empty() || !results_.empty() || !unsent_reports_.empty()) return true;
    if (stop_requests_seen_ > 0 || reconciler_.is_disabled()) return false;
    if (reconciler_.awaits_targets() || expects_work()) return true;
    if (paused_until_ && states_.may_be_work()) return true;
    return std::ranges::any_of(states_.retries(), [this](const auto& retry) {
        return options_.waits_for_retry(retry.second.at, retry.second.reason);
    });
}

void Worker::poll_for_work() {
    if (states_.may_be_work() || free_slots() == 0 || !expects_work()) return;
    if (is_polling_ || next_poll_) return;
    if (states_.running().empty() && states_.retries().empty() && states_.cooldowns().empty()) log_wait();
    if (parts_.long_poll) {
        is_polling_ = true;
        parts_.long_poll->start(protocol_->work_requests(1).front());
    } else {
        poll_pause_ = std::clamp<std::chrono::milliseconds>(2 * poll_pause_, min_poll_pause, max_poll_pause);
        const double part = 0.5 + 0.5 * parts_.jitter();
        next_poll_ = parts_.clock.now() + std::chrono::duration_cast<std::chrono::milliseconds>(part * poll_pause_);
    }
}

void Worker::log_wait() {
    const std::size_t others = states_.count_elsewhere();
    if (others == 0 && states_.ready_nodes().empty()) return;  // idle
    const std::string text = others > 0
                                 ? fmt::format("waiting for {} task{} of other workers", others, others == 1 ? "" : "s")
                                 : describe_wait(context_);
    if (logged_waits_.size() < max_logged_waits && logged_waits_.insert(text).second) observer_.notified(text);
}

void Worker::wait() {
    observer_.pass_on();
    on_messages(parts_.mailbox.take_all(deadline()));
    check_stop_requests();
    check_timers();
}

std::chrono::steady_clock::time_point Worker::deadline() const {
    const Time now = parts_.clock.now();
    Time next = scheduler_.last_answered() + options_.ping_interval.value_or(std::chrono::hours(24));
    for (const auto& timer : {next_poll_, paused_until_, next_tick_})
        if (timer) next = std::min(next, *timer);
    if (options_.idle_timeout) next = std::min(next, std::max(last_busy_ + *options_.idle_timeout, now + min_wait));
    for (const auto& [node, end] : states_.cooldowns()) next = std::min(next, end);
    if (reconciler_.awaits_targets()) next = std::min({next, reconciler_.next_target_check(), *options_.wait_until});
    if (free_slots() > 0)
        for (const auto& [node, retry] : states_.retries())
            if (options_.waits_for_retry(retry.at, retry.reason)) next = std::min(next, retry.at);
    // Rounded up: a scheduler asked a moment too early has no work yet.
    return parts_.clock.steady_now() +
           std::chrono::ceil<std::chrono::milliseconds>(std::max(next - now, Time::duration::zero()));
}

void Worker::on_messages(std::vector<Message> messages) {
    for (Message& message : messages)
        std::visit(
            [this](auto& one) {
                using One = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<One, AttemptResult>) {
                    results_.push_back(std::move(one));
                } else if constexpr (std::is_same_v<One, PollResult>) {
                    on_poll_result(one);
                } else if constexpr (std::is_same_v<One, SetSlots>) {
                    set_slots(one.slots);
                } else if constexpr (std::is_same_v<One, LeaseTaken>) {
                    stop_attempt(one);
                } else if constexpr (std::is_same_v<One, ResourcesDecreased>) {
                    dispatcher_.decrease_resources(one);
                } else if constexpr (std::is_same_v<One, TrackingUrl>) {
                    dispatcher_.set_tracking_url(one);
                } else if constexpr (std::is_same_v<One, RerunTasks>) {
                    rerun(one, registry_, context_, reconciler_);
                } else if constexpr (std::is_same_v<One, SentMessage>) {
                    dispatcher_.send(one);
                } else if constexpr (std::is_same_v<One, MessageResponse>) {
                    dispatcher_.respond(one);
                } else if constexpr (!std::is_same_v<One, Wakeup>) {
                    RunningAttempt* running = states_.find_running(one.token);
                    if (!running) return;
                    if constexpr (std::is_same_v<One, LogLine>) append_log_tail(*running, one);
                    ForwardToObserver{observer_, running->task}(one);
                }
            },
            message);
}

void Worker::on_poll_result(const PollResult& result) {
    is_polling_ = false;
    states_.set_may_be_work(true);
    // A work request meanwhile may have returned the same attempt.
    if (result.work && !dispatcher_.is_outdated(*result.work)) dispatch(*result.work);
}

void Worker::set_slots(int slots) {
    options_.slots = std::max(1, slots);
    options_.family_limits.clear();  // as with --workers
    observer_.notified(fmt::format("an operator set the number of concurrent attempts to {}", options_.slots));
    scheduler_.call({rpc::AddWorker{.worker = options_.id, .info = {{"workers", options_.slots}}}});
    states_.set_may_be_work(true);
}

/// Stops an attempt whose result nobody would take.
void Worker::stop_attempt(const LeaseTaken& taken) {
    for (const auto& [token, running] : states_.running()) {
        if (running.lease != taken.lease || std::ranges::count(states_.ids_of(running), taken.task_id) == 0) continue;
        observer_.notified(fmt::format("stopping {}: its lease was taken, for another attempt or by an operator",
                                       running.task.description()));
        dispatcher_.cancel(token);
        return;
    }
}

void Worker::check_stop_requests() {
    const int stop_requests = parts_.stop_requests();
    if (stop_requests <= stop_requests_seen_) return;
    const std::size_t running = states_.running().size();
    if (stop_requests_seen_ == 0 && stop_requests == 1)
        observer_.notified(fmt::format("stop requested: finishing {} running, starting no more", running));
    if (stop_requests >= 2 && stop_requests_seen_ < 2) {
        observer_.notified(fmt::format("stop requested again: aborting {} running", running));
        dispatcher_.cancel_all();
    }
    stop_requests_seen_ = stop_requests;
}

void Worker::check_timers() {
    const Time now = parts_.clock.now();
    for (auto* timer : {&paused_until_, &next_poll_}) {
        if (!*timer || **timer > now) continue;
        timer->reset();
        states_.set_may_be_work(true);
    }
    for (const auto& [node, retry] : states_.retries())
        if (retry.at <= now) states_.set_may_be_work(true);
    reconciler_.check_cooldowns();
    reconciler_.check_targets();
    if (options_.ping_interval && scheduler_.last_answered() + *options_.ping_interval <= now) {
        const auto answers = scheduler_.call({rpc::Ping{.worker = options_.id}});
        if (const auto* told = std::get_if<rpc::Messages>(&answers.front())) on_messages(messages_in(*told));
    }
}

void Worker::finish_attempts() {
    auto results = std::exchange(results_, {});
    if (results.empty()) return;
    auto holds = check_leases(results);
    for (std::size_t i = 0; i < results.size(); ++i) {
        // The servers of the targets before it may have taken their time.
        if (i > 0 && !results[i].staged_targets.empty()) holds[i] = check_leases({results[i]}).front();
        const auto running = states_.end_attempt(results[i].token);
        if (!running) continue;
        auto finished = finisher_.finish(*running, std::move(results[i]), holds[i], stop_requests_seen_ >= 2);
        if (!finished.disk_full.empty()) pause_for_full_disk(finished.disk_full);
        if (finished.first_new_node) reconciler_.register_from(*finished.first_new_node);
        if (finished.reports.empty()) reconciler_.query_soon();
        std::ranges::move(finished.reports, std::back_inserter(unsent_reports_));
    }
}

std::vector<bool> Worker::check_leases(const std::vector<AttemptResult>& results) {
    std::vector<rpc::Request> requests;
    for (const AttemptResult& result : results)
        if (const RunningAttempt* running = states_.find_running(result.token))
            for (const std::string& id : states_.ids_of(*running))
                requests.emplace_back(rpc::HoldsLease{.worker = options_.id, .task_id = id, .lease = running->lease});
    const auto responses = scheduler_.call(requests);
    std::vector<bool> held;
    auto next = responses.begin();
    for (const AttemptResult& result : results) {
        const RunningAttempt* running = states_.find_running(result.token);
        const auto end = next + static_cast<std::ptrdiff_t>(running ? running->nodes.size() : 0);
        held.push_back(running && std::all_of(next, end, [](const rpc::Response& response) {
                           return std::get<rpc::LeaseState>(response).held;
                       }));
        next = end;
    }
    return held;
}

void Worker::pause_for_full_disk(const std::string& reason) {
    observer_.notified(
        fmt::format("{}: starting nothing for {} s, then retrying", reason, options_.full_disk_pause.count()));
    paused_until_ = parts_.clock.now() + options_.full_disk_pause;
}

/// Gives back what was assigned too late: otherwise nobody would run it until this worker counts as dead.
void Worker::shut_down() {
    std::optional<PollResult> lost;
    if (parts_.long_poll && is_polling_ && parts_.stop_requests() < 2) {
        rpc::GetWork request{.worker = options_.id, .only_lost = true};
        request.current_tasks.emplace();
        lost = parts_.long_poll->cancel(std::move(request));
    }
    stop_requests_seen_ = std::max(stop_requests_seen_, 1);
    try {
        on_messages(parts_.mailbox.try_take_all());
        if (lost) on_poll_result(*lost);
    } catch (const Error& error) {  // the run's work is done: this is a courtesy
        observer_.notified(fmt::format("return the last assignment: {}", error.what()));
    }
}

void Worker::log_unfinished() {
    observer_.pass_on();
    const auto& running = states_.running();
    if (running.empty()) return;
    const std::string first = running.begin()->second.task.description();
    const std::string more = running.size() > 1 ? fmt::format(" and {} more", running.size() - 1) : "";
    observer_.notified(fmt::format("leaving {}{} unfinished: the next run starts over", first, more));
}

}  // namespace freshet::worker
