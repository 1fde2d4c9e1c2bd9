// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/remote_session.hpp"

#include "rpc/responses.hpp"
#include "run/announcements.hpp"
#include "run/bell.hpp"
#include "run/event_delivery.hpp"
#include "run/pause_limit.hpp"
#include "run/planned.hpp"
#include "run/telling_observer.hpp"
#include "worker/luigid_client.hpp"
#include "worker/registration.hpp"
#include "worker/rpc_client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// Far below the minute after which a scheduler gives a silent worker up, and often enough for news of tasks.
constexpr auto heartbeat_interval = 2s;
/// Below the minute after which proxies end a connection that is silent.
constexpr auto long_poll_timeout = 25s;

class RemoteSession {
public:
    RemoteSession(WorkerHost& worker_host, const SessionOptions& options, const SessionParts& parts)
        : worker_host_(worker_host),
          options_(options),
          parts_(parts),
          client_(http::make_client()),
          rpc_(options.scheduler->address, *client_),
          scheduler_({.rpc = rpc_,
                      .clock = parts.clock,
                      .stop_requests = [this] { return worker_host_.stop_count(); },
                      .jitter = WorkerHost::jitter(),
                      .pause = [this](auto pause) { retry_sleep_.sleep_for(pause); },
                      .notify = [this](std::string_view sentence) { parts_.observer.notified(sentence); }},
                     {.reconnect = options.scheduler->retry_budget}) {
        worker_host_.on_stop([this] {
            scheduler_.on_stop_request();
            retry_sleep_.interrupt();
        });
    }
    ~RemoteSession() {
        worker_host_.on_stop([] {});
    }
    RemoteSession(const RemoteSession&) = delete;
    RemoteSession& operator=(const RemoteSession&) = delete;

    SessionResult run(worker::Plan& plan) {
        const Json server_info = scheduler_.server_info();
        SessionResult result;
        if (rpc::has_extension(server_info, rpc::extension_names::leases))
            run_with_freshetd(plan, result);
        else
            run_with_luigid(plan, result);
        result.was_stopped = worker_host_.stop_count() > 0;
        return result;
    }

private:
    void run_with_freshetd(worker::Plan& plan, SessionResult& result) {
        rpc_.use_json();
        recover_events(plan);
        if (is_complete(plan) && !options_.scheduler->idle_timeout) {
            result.tasks = reports_of_complete(plan);
            return;
        }
        worker::LongPollClient long_poll(rpc_.address(), long_poll_timeout, worker_host_.mailbox());
        result.tasks = run_worker(plan, {.scheduler = scheduler_,
                                         .observer = parts_.observer,
                                         .on_tick = [] { return std::nullopt; },
                                         .long_poll = &long_poll,
                                         .scheduler_kind = worker::SchedulerKind::freshetd,
                                         .families = options_.scheduler->families,
                                         .idle_timeout = options_.scheduler->idle_timeout});
    }

    void run_with_luigid(worker::Plan& plan, SessionResult& result) {
        if (options_.scheduler->idle_timeout)
            throw worker::UnavailableError(
                fmt::format("work for scheduler '{}': it is a luigid, where a worker cannot say which families it can "
                            "make: it would "
                            "be given other programs' tasks; 'run' works with it",
                            rpc_.name()));
        std::optional<LocalOutboxes> outboxes;
        if (may_emit(plan)) {
            outboxes.emplace(options_, parts_, worker_host_);
            tolerating_full_disk(parts_.observer,
                                 [&] { run::recover_events(plan, outboxes->own(), parts_.clock.now()); });
        }
        if (is_complete(plan)) {
            result.tasks = reports_of_complete(plan);
        } else {
            worker::LuigidAdapter luigid({.luigid = scheduler_,
                                          .clock = parts_.clock,
                                          .jitter = WorkerHost::jitter(),
                                          .store_events = [&](const auto& events) { outboxes->enqueue(events); }});
            result.tasks = run_worker(plan, {.scheduler = luigid,
                                             .observer = parts_.observer,
                                             .on_tick = [&] { return outboxes ? outboxes->poll() : std::nullopt; },
                                             .scheduler_kind = worker::SchedulerKind::luigid});
        }
        if (outboxes) result.undelivered_events = outboxes->finish(worker_host_.stop_count() > 0);
    }

    std::vector<TaskResult> run_worker(worker::Plan& plan, WorkerHost::WorkerSetup setup) {
        worker::Heartbeat heartbeat(rpc_.address(), worker_host_.worker_id(), heartbeat_interval,
                                    worker_host_.mailbox());
        HeartbeatObserver observer(parts_.observer, heartbeat);
        RetryCap scheduler(setup.scheduler, options_.longest_pause);
        return worker_host_.run_worker(plan, {.scheduler = scheduler,
                                              .observer = observer,
                                              .on_tick = std::move(setup.on_tick),
                                              .slots = options_.workers,
                                              .long_poll = setup.long_poll,
                                              .ping_interval = std::nullopt,
                                              .scheduler_kind = setup.scheduler_kind,
                                              .families = std::move(setup.families),
                                              .idle_timeout = setup.idle_timeout});
    }

    /// Where a crash came between an output and its announcement, the scheduler is told now: it knows the events by id.
    void recover_events(const worker::Plan& plan) {
        for (std::size_t node = 0; node < plan.size(); ++node) {
            const AnyTask& task = plan[node].task;
            if (!plan[node].is_complete || !task.type().emits_events) continue;
            rpc::AddTask report = worker::report(task, rpc::Status::done, worker_host_.worker_id());
            report.events = worker::receipt_events(task);
            if (!report.events.empty()) scheduler_.call({std::move(report)});
        }
    }

    /// What a task finds out it needs while it runs may announce as well; it is of a class that the program knows.
    bool may_emit(const worker::Plan& plan) const {
        if (options_.scheduler->emits_events) return true;
        for (std::size_t node = 0; node < plan.size(); ++node)
            if (plan[node].task.type().emits_events) return true;
        return false;
    }

    WorkerHost& worker_host_;
    const SessionOptions& options_;
    SessionParts parts_;
    InterruptibleSleep retry_sleep_;
    std::unique_ptr<http::Client> client_;
    worker::RpcClient rpc_;
    worker::RetryingClient scheduler_;
};

}  // namespace

SessionResult run_remotely(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                           const SessionParts& parts) {
    return RemoteSession(worker_host, options, parts).run(plan);
}

}  // namespace freshet::run
