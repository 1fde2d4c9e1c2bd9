// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"
#include "rpc/responses.hpp"
#include "run/attempt_log_upload.hpp"
#include "run/attempt_logs.hpp"
#include "run/event_delivery.hpp"
#include "run/takeover.hpp"
#include "worker/heartbeat.hpp"
#include "worker/luigid_client.hpp"
#include "worker/observer.hpp"
#include "worker/registration.hpp"
#include "worker/rpc_client.hpp"
#include "worker/scheduler_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// A sleep of one thread that another thread can interrupt. An interruption while nobody sleeps ends the next sleep.
class InterruptibleSleep {
public:
    void interrupt() {
        const std::lock_guard lock(mutex_);
        is_interrupted_ = true;
        interrupted_.notify_one();
    }

    void sleep_for(std::chrono::milliseconds duration) {
        std::unique_lock lock(mutex_);
        interrupted_.wait_for(lock, duration, [&] { return is_interrupted_; });
        is_interrupted_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable interrupted_;
    bool is_interrupted_ = false;
};

/// A client that caps the retry delays of the tasks that it registers with a remote scheduler.
class RetryCap final : public worker::SchedulerClient {
public:
    RetryCap(worker::SchedulerClient& scheduler, std::optional<std::chrono::milliseconds> limit)
        : scheduler_(scheduler), limit_(limit) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        if (!limit_) return scheduler_.call(requests);
        auto limited = requests;
        for (rpc::Request& request : limited) {
            if (auto* task = std::get_if<rpc::AddTask>(&request)) limit(*task);
            if (auto* many = std::get_if<rpc::RegisterTasks>(&request))
                for (rpc::AddTask& task : many->tasks) limit(task);
        }
        return scheduler_.call(limited);
    }

private:
    void limit(rpc::AddTask& task) const {
        if (!task.retry_policy_dict || !task.retry_policy_dict->longest_pause) return;
        const double max = std::chrono::duration<double>(*limit_).count();
        task.retry_policy_dict->longest_pause = std::min(*task.retry_policy_dict->longest_pause, max);
    }

    worker::SchedulerClient& scheduler_;
    std::optional<std::chrono::milliseconds> limit_;
};

/// Forwards all calls to another observer, and progress and status also to the heartbeat, for the scheduler's page.
class HeartbeatObserver final : public worker::Observer {
public:
    HeartbeatObserver(worker::Observer& observer, worker::Heartbeat& heartbeat)
        : observer_(observer), heartbeat_(heartbeat) {}

    void planned(const worker::Plan& plan) override { observer_.planned(plan); }
    void started(const AnyTask& task, int attempt) override { observer_.started(task, attempt); }
    void progressed(const AnyTask& task, double fraction) override {
        heartbeat_.progress(task.id(), fraction);
        observer_.progressed(task, fraction);
    }
    void status_changed(const AnyTask& task, std::string_view message) override {
        heartbeat_.status(task.id(), message);
        observer_.status_changed(task, message);
    }
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override {
        observer_.logged(task, message, is_warning);
    }
    void ended(const AnyTask& task, const worker::FinishedAttempt& end) override { observer_.ended(task, end); }
    void notified(std::string_view message) override { observer_.notified(message); }

private:
    worker::Observer& observer_;
    worker::Heartbeat& heartbeat_;
};

/// A client that queues the events of completed tasks for the run's own sinks before it reports the completion, and
/// tells the logs which attempts are assigned.
class FreshetdClient final : public worker::SchedulerClient {
public:
    /// `outboxes` and `logs` may be null.
    FreshetdClient(worker::SchedulerClient& scheduler, LocalOutboxes* outboxes, AttemptLogUpload* logs)
        : scheduler_(scheduler), outboxes_(outboxes), logs_(logs) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        if (outboxes_)
            for (const rpc::Request& request : requests)
                if (const auto* task = std::get_if<rpc::AddTask>(&request); task && !task->events.empty())
                    outboxes_->enqueue(task->events);
        auto responses = scheduler_.call(requests);
        for (const rpc::Response& response : responses)
            if (const auto* work = std::get_if<rpc::Work>(&response); work && logs_) logs_->assigned(*work);
        return responses;
    }

private:
    worker::SchedulerClient& scheduler_;
    LocalOutboxes* outboxes_;
    AttemptLogUpload* logs_;
};

/// Far below the minute after which a scheduler drops a silent worker, and often enough to show progress.
constexpr auto heartbeat_interval = 2s;
constexpr auto end_budget = 10s;  ///< of the report of a run's end

class RemoteSession {
public:
    /// `takeover` is there if the scheduler is that of a state; it outlives the session.
    RemoteSession(WorkerHost& worker_host, const SessionOptions& options, const SessionParts& parts,
                  Takeover* takeover = nullptr)
        : worker_host_(worker_host),
          options_(options),
          parts_(parts),
          takeover_(takeover),
          client_(http::make_client()),
          rpc_(options.scheduler->address, *client_),
          remote_(retry_parts(), retry_budget()) {
        if (takeover_) shared_state_.emplace(*takeover_, remote_);
        worker_host_.on_stop([this] {
            remote_.on_stop_request();
            retry_sleep_.interrupt();
        });
    }
    ~RemoteSession() {
        worker_host_.on_stop([] {});
    }
    RemoteSession(const RemoteSession&) = delete;
    RemoteSession& operator=(const RemoteSession&) = delete;

    SessionResult run(worker::Plan& plan) {
        const Json server_info = this->server_info();
        SessionResult result;
        if (rpc::has_extension(server_info, rpc::extension_names::leases))
            run_with_freshetd(plan, server_info, result);
        else
            run_with_luigid(plan, result);
        result.was_stopped = worker_host_.stop_count() > 0;
        if (takeover_) end_use_of_state(result);
        return result;
    }

private:
    worker::RetryingClientParts retry_parts() {
        return {
            .rpc = rpc_,
            .clock = parts_.clock,
            .stop_requests = [this] { return worker_host_.stop_count(); },
            .jitter = WorkerHost::jitter(),
            .pause = [this](auto pause) { retry_sleep_.sleep_for(pause); },
            .notify = [this](std::string_view message) { parts_.observer.notified(message); },
            .on_unreachable = [this](auto since_call) { return takeover_ && takeover_->on_unreachable(since_call); }};
    }

    /// An address is given up earlier where nobody has answered yet; that of a state is right.
    worker::RetryBudget retry_budget() const {
        worker::RetryBudget budget{.reconnect = options_.scheduler->retry_budget};
        if (takeover_) budget.initial = budget.reconnect;
        return budget;
    }

    worker::SchedulerClient& scheduler() {
        return shared_state_ ? static_cast<worker::SchedulerClient&>(*shared_state_) : remote_;
    }

    Json server_info() {
        try {
            const Json info = remote_.server_info();
            if (takeover_) takeover_->on_served();
            return info;
        } catch (const TakenOver&) {
            return rpc::server_info();
        }
    }

    /// The run's work is done: the rest is given little time.
    void end_use_of_state(SessionResult& result) {
        worker::RetryingClient remote(retry_parts(), {.initial = end_budget, .reconnect = end_budget});
        SharedStateClient scheduler(*takeover_, remote);
        worker_host_.report_end(result, scheduler);
        takeover_->finish(result);
    }

    void report_end(const SessionResult& result) {
        worker::RetryingClient remote(retry_parts(), {.initial = end_budget, .reconnect = end_budget});
        worker_host_.report_end(result, remote);
    }

    void run_with_freshetd(worker::Plan& plan, const Json& server_info, SessionResult& result) {
        rpc_.use_json();
        report_events(plan);
        std::optional<LocalOutboxes> outboxes;
        if (!takeover_ && !options_.sinks.empty() && may_emit(plan)) open_outboxes(outboxes, plan);
        const bool has_worker = !plan.roots_are_complete() || options_.scheduler->idle_timeout;
        if (has_worker)
            run_with_long_poll(plan, server_info, outboxes ? &*outboxes : nullptr, result);
        else
            result.tasks = results_of_complete(plan);
        if (outboxes) {
            // Other workers of the scheduler may have run tasks that emit events.
            tolerating_full_disk(parts_.observer, [&] { outboxes->recover_events(receipt_events(result.tasks)); });
            finish(*outboxes, result);
        }
        if (has_worker && !takeover_) report_end(result);
    }

    void run_with_long_poll(worker::Plan& plan, const Json& server_info, LocalOutboxes* outboxes,
                            SessionResult& result) {
        std::optional<AttemptLogUpload> logs;
        if (!takeover_) logs.emplace(rpc_.address(), worker_host_.run_id(), parts_.clock);  // else they are here
        AttemptLogUpload* const upload = logs ? &*logs : nullptr;
        FreshetdClient freshetd(scheduler(), outboxes, upload);
        const auto ask = [this, upload](const rpc::GetWork& request, const std::stop_token& stop) {
            auto work = std::get<rpc::Work>(rpc_.call(request, stop));
            if (upload) upload->assigned(work);
            return work;
        };
        worker::LongPollClient long_poll(ask, long_poll_timeout, worker_host_.mailbox());
        result.tasks = run_worker(plan,
                                  {.scheduler = freshetd,
                                   .observer = parts_.observer,
                                   .on_tick =
                                       [this, outboxes] {
                                           return earliest({takeover_ ? takeover_->poll() : std::nullopt,
                                                            outboxes ? poll(*outboxes) : std::nullopt});
                                       },
                                   .long_poll = &long_poll,
                                   .scheduler_kind = worker::SchedulerKind::freshetd,
                                   .families = options_.scheduler->families,
                                   .idle_timeout = options_.scheduler->idle_timeout,
                                   .has_explanations = rpc::has_extension(server_info, rpc::extension_names::explain)},
                                  upload);
    }

    void run_with_luigid(worker::Plan& plan, SessionResult& result) {
        if (options_.scheduler->idle_timeout)
            throw worker::UnavailableError(fmt::format(
                "work for scheduler '{}': a luigid cannot assign tasks by family; use 'run' instead", rpc_.name()));
        std::optional<LocalOutboxes> outboxes;
        if (may_emit(plan)) open_outboxes(outboxes, plan);
        if (plan.roots_are_complete()) {
            result.tasks = results_of_complete(plan);
        } else {
            worker::LuigidAdapter luigid({.luigid = remote_,
                                          .clock = parts_.clock,
                                          .jitter = WorkerHost::jitter(),
                                          .store_events = [&](const auto& events) { outboxes->enqueue(events); }});
            result.tasks = run_worker(plan, {.scheduler = luigid,
                                             .observer = parts_.observer,
                                             .on_tick = [&] { return outboxes ? poll(*outboxes) : std::nullopt; },
                                             .scheduler_kind = worker::SchedulerKind::luigid});
        }
        if (outboxes) finish(*outboxes, result);
    }

    std::optional<Time> poll(LocalOutboxes& outboxes) {
        std::optional<Time> next;
        tolerating_full_disk(parts_.observer, [&] { next = outboxes.poll(); });
        return next;
    }

    void finish(LocalOutboxes& outboxes, SessionResult& result) {
        tolerating_full_disk(parts_.observer,
                             [&] { result.undelivered = outboxes.finish(worker_host_.stop_count() > 0); });
    }

    void open_outboxes(std::optional<LocalOutboxes>& outboxes, const worker::Plan& plan) {
        outboxes.emplace(options_, parts_, worker_host_);
        tolerating_full_disk(parts_.observer, [&] { outboxes->recover_events(receipt_events(plan)); });
    }

    std::vector<TaskResult> run_worker(worker::Plan& plan, WorkerHost::WorkerSetup setup,
                                       AttemptLogSink* log_sink = nullptr) {
        worker::Heartbeat heartbeat(rpc_.address(), worker_host_.worker_id(), heartbeat_interval,
                                    worker_host_.mailbox());
        HeartbeatObserver heartbeat_observer(parts_.observer, heartbeat);
        std::optional<AttemptLogs> logs;
        if (log_sink) logs.emplace(heartbeat_observer, parts_.clock, *log_sink);
        worker::Observer& observer = logs ? static_cast<worker::Observer&>(*logs) : heartbeat_observer;
        RetryCap scheduler(setup.scheduler, options_.longest_pause);
        const bool has_leases = setup.scheduler_kind == worker::SchedulerKind::freshetd;
        return worker_host_.run_worker(plan, {.scheduler = scheduler,
                                              .observer = observer,
                                              .on_tick = std::move(setup.on_tick),
                                              .long_poll = setup.long_poll,
                                              .ping_interval = std::nullopt,
                                              .scheduler_kind = setup.scheduler_kind,
                                              .families = std::move(setup.families),
                                              .idle_timeout = setup.idle_timeout,
                                              .has_explanations = setup.has_explanations,
                                              .records_run = has_leases,
                                              .on_leases = [&](rpc::Leases leases) {
                                                  if (has_leases) heartbeat.set_leases(std::move(leases));
                                              }});
    }

    /// Reports complete tasks whose event was lost in a crash again; the scheduler ignores the events that it knows.
    void report_events(const worker::Plan& plan) {
        for (std::size_t node = 0; node < plan.size(); ++node) {
            const AnyTask& task = plan[node].task;
            if (!plan[node].is_complete || !task.type().emits_events) continue;
            rpc::AddTask report = worker::report(task, rpc::Status::done, worker_host_.worker_id());
            report.events = worker::receipt_events(task);
            if (!report.events.empty()) scheduler().call({std::move(report)});
        }
    }

    /// Returns whether a task may emit events, including dynamic requirements, which are of the program's task types.
    bool may_emit(const worker::Plan& plan) const {
        if (options_.scheduler->emits_events) return true;
        for (std::size_t node = 0; node < plan.size(); ++node)
            if (plan[node].task.type().emits_events) return true;
        return false;
    }

    WorkerHost& worker_host_;
    const SessionOptions& options_;
    SessionParts parts_;
    Takeover* takeover_;
    InterruptibleSleep retry_sleep_;
    std::unique_ptr<http::Client> client_;
    worker::RpcClient rpc_;
    worker::RetryingClient remote_;
    std::optional<SharedStateClient> shared_state_;
};

}  // namespace

SessionResult run_remotely(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                           const SessionParts& parts) {
    return RemoteSession(worker_host, options, parts).run(plan);
}

SessionResult run_with_shared_state(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                                    const SessionParts& parts) {
    Takeover takeover(options, parts, worker_host);
    return RemoteSession(worker_host, options, parts, &takeover).run(plan);
}

}  // namespace freshet::run
