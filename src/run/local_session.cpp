// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"
#include "freshet/clock.hpp"
#include "run/event_delivery.hpp"
#include "run/exit_status.hpp"
#include "run/summary.hpp"
#include "scheduler/scheduler.hpp"
#include "store/outbox.hpp"
#include "store/retention.hpp"
#include "store/tables.hpp"
#include "worker/scheduler_client.hpp"

#include <random>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// The client of a scheduler in the worker's own process and thread.
class EmbeddedScheduler final : public worker::SchedulerClient {
public:
    EmbeddedScheduler(scheduler::Scheduler& scheduler, const Clock& clock) : scheduler_(scheduler), clock_(clock) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        return scheduler_.execute(requests, clock_.now());
    }

private:
    scheduler::Scheduler& scheduler_;
    const Clock& clock_;
};

constexpr std::int64_t batch_size = 1000;  // rows of the history that are deleted at once

/// Luigi's defaults, adapted to a scheduler that serves one worker and ends with it.
scheduler::SchedulerOptions embedded_options(const std::string& run_id, const SessionOptions& session) {
    scheduler::SchedulerOptions options{.run_id = run_id, .seed = std::random_device{}()};
    options.restart_policy = scheduler::RestartPolicy::drop_workers;  // the lock on the state proves that they are dead
    options.config.prune_on_get_work = true;                          // no timer does it
    options.config.stable_done_cooldown_secs = scheduler::Seconds(0);    // the plan has just checked every output
    options.config.worker_disconnect_delay = scheduler::Seconds::max();  // the worker lives and dies with the scheduler
    options.config.resources = session.limits;
    options.config.rates = session.rates;
    if (session.longest_pause) options.config.pause_limit = *session.longest_pause;
    return options;
}

class LocalSession {
public:
    LocalSession(WorkerHost& worker_host, const SessionOptions& options, const SessionParts& parts,
                 store::StateFile& state)
        : worker_host_(worker_host), options_(options), parts_(parts), state_(state) {}

    SessionResult run(worker::Plan& plan) {
        EventDelivery event_delivery(state_, options_, parts_, worker_host_);
        tolerating_full_disk(parts_.observer, [&] { recover_events(plan, state_, parts_.clock.now()); });
        SessionResult result;
        if (is_complete(plan))
            result.tasks = results_of_complete(plan);
        else
            run_worker(plan, event_delivery, result);
        tolerating_full_disk(parts_.observer,
                             [&] { result.undelivered_events = event_delivery.finish(result.was_stopped); });
        return result;
    }

private:
    void run_worker(worker::Plan& plan, EventDelivery& event_delivery, SessionResult& result) {
        store::StateTables tables(state_);
        start_run(tables);
        scheduler::Scheduler scheduler(state_, parts_.log, embedded_options(worker_host_.run_id(), options_),
                                       parts_.clock.now());
        EmbeddedScheduler client(scheduler, parts_.clock);
        result.tasks = worker_host_.run_worker(plan, {.scheduler = client, .observer = parts_.observer, .on_tick = [&] {
                                                          return run_maintenance(scheduler, client, event_delivery);
                                                      }});
        result.was_stopped = worker_host_.stop_count() > 0;
        end_run(tables, result);
    }

    /// Delivers events and lets the scheduler do what is due. Returns when to do so again.
    std::optional<Time> run_maintenance(scheduler::Scheduler& scheduler, EmbeddedScheduler& client,
                                        EventDelivery& event_delivery) {
        const Time now = parts_.clock.now();
        std::optional<Time> next = now + full_disk_pause;
        tolerating_full_disk(parts_.observer, [&] {
            if (const auto due = scheduler.next_wakeup(); due && *due <= now) client.call({rpc::Prune{}});
            const auto delivery = event_delivery.poll().next_try;
            next = earliest({delivery, scheduler.next_wakeup()});
        });
        return next;
    }

    void start_run(store::StateTables& tables) {
        const store::LockHolder self = store::this_process(options_.command, parts_.clock.now());
        write_history(store::Durability::crash, [&] {
            tables.end_lost_attempts(parts_.clock.now(), "the process that ran it died");
            tables.end_lost_runs(parts_.clock.now(), "the process died");
            tables.start_run({.run_id = worker_host_.run_id(),
                              .started = parts_.clock.now(),
                              .program = options_.program,
                              .command = options_.command,
                              .host = self.host,
                              .pid = self.pid});
        });
    }

    void end_run(store::StateTables& tables, const SessionResult& result) {
        write_history(store::Durability::power_cut, [&] {
            tables.end_run(worker_host_.run_id(), parts_.clock.now(), static_cast<int>(exit_status_of(result)),
                           one_line_summary(result));
            const Time cutoff = store::retention_cutoff(tables, parts_.clock.now(), history_retention);
            while (tables.prune_history(cutoff, batch_size)) {
            }
            store::Outbox(state_).prune_delivered(cutoff, EventDelivery::sink_names(options_));
        });
    }

    /// Writes to the history of runs in one transaction.
    void write_history(store::Durability durability, const std::function<void()>& write) {
        tolerating_full_disk(parts_.observer, [&] {
            auto transaction = state_.begin();
            write();
            transaction.commit(durability);
        });
    }

    static constexpr auto full_disk_pause = 10s;
    static constexpr auto history_retention = 24h * 90;  // as freshetd

    WorkerHost& worker_host_;
    const SessionOptions& options_;
    SessionParts parts_;
    store::StateFile& state_;
};

}  // namespace

SessionResult run_locally(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                          const SessionParts& parts, store::StateFile& state) {
    return LocalSession(worker_host, options, parts, state).run(plan);
}

}  // namespace freshet::run
