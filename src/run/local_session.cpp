// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/local_session.hpp"

#include "base/time.hpp"
#include "run/announcements.hpp"
#include "run/deliveries.hpp"
#include "run/embedded_scheduler.hpp"
#include "run/exit_status.hpp"
#include "run/planned.hpp"
#include "run/summary.hpp"
#include "store/journal.hpp"
#include "store/outbox.hpp"

#include <random>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t helping = 1000;  // of what is forgotten: no more than it and a helping is read

/// Luigi's defaults, but for a scheduler that serves one worker and dies with it.
scheduler::SchedulerOptions embedded(const std::string& run_id, const SessionOptions& session) {
    scheduler::SchedulerOptions options{.run_id = run_id, .seed = std::random_device{}()};
    options.old_workers = scheduler::OldWorkers::are_dead;             // the lock on the state says so
    options.config.prune_on_get_work = true;                           // nobody else does it
    options.config.stable_done_cooldown_secs = scheduler::Seconds(0);  // the plan has just looked at every output
    if (session.longest_pause) options.config.pause_limit = *session.longest_pause;
    return options;
}

class LocalSession {
public:
    LocalSession(Workshop& workshop, const SessionOptions& options, const SessionParts& parts, store::StateFile& state)
        : workshop_(workshop), options_(options), parts_(parts), state_(state) {}

    SessionResult run(worker::Plan& plan) {
        Deliveries deliveries(state_, options_, parts_, workshop_);
        with_room(parts_.observer, [&] { announce_again(plan, state_, parts_.clock.now()); });
        SessionResult result;
        if (is_complete(plan)) result.tasks = reports_of_complete(plan);
        else work(plan, deliveries, result);
        with_room(parts_.observer, [&] { result.undelivered_events = deliveries.finish(result.was_stopped); });
        return result;
    }

private:
    void work(worker::Plan& plan, Deliveries& deliveries, SessionResult& result) {
        store::Journal journal(state_);
        start_run(journal);
        scheduler::Scheduler scheduler(state_, parts_.log, embedded(workshop_.run_id(), options_), parts_.clock.now());
        EmbeddedScheduler client(scheduler, parts_.clock);
        result.tasks = workshop_.work(plan, {.scheduler = client,
                                             .observer = parts_.observer,
                                             .between = [&] { return housekeeping(scheduler, client, deliveries); },
                                             .slots = slots()});
        result.was_stopped = workshop_.stops() > 0;
        end_run(journal, result);
    }

    /// Where all attempts run in threads, one more than each can run waits in line, so that none is idle while the
    /// worker publishes and reports. Processes have no line: as many as there are workers, and no more.
    int slots() const { return workshop_.has_processes() ? options_.workers : 4 * options_.workers; }

    /// Events go out, and the scheduler does what falls due by itself. Returns when either wants to be looked after again.
    std::optional<Time> housekeeping(scheduler::Scheduler& scheduler, EmbeddedScheduler& client, Deliveries& deliveries) {
        const Time now = parts_.clock.now();
        std::optional<Time> next = now + full_disk_pause;
        with_room(parts_.observer, [&] {
            if (const auto due = scheduler.next_wakeup(); due && *due <= now) client.call({wire::Prune{}});
            const auto delivery = deliveries.poll().next_try;
            next = earliest({delivery, scheduler.next_wakeup()});
        });
        return next;
    }

    void start_run(store::Journal& journal) {
        const store::Owner self = store::this_process(options_.command, parts_.clock.now());
        change(store::Durability::crash, [&] {
            journal.end_lost_attempts(parts_.clock.now(), "the process that ran it died");
            journal.start_run({.run_id = workshop_.run_id(),
                               .started = parts_.clock.now(),
                               .program = options_.program,
                               .command = options_.command,
                               .host = self.host,
                               .pid = self.pid});
        });
    }

    void end_run(store::Journal& journal, const SessionResult& result) {
        change(store::Durability::power_cut, [&] {
            journal.end_run(workshop_.run_id(), parts_.clock.now(), static_cast<int>(status_of(result)), one_line_summary(result));
            const Time forgotten = parts_.clock.now() - history_kept;
            while (journal.prune_history(forgotten, helping)) {
            }
            store::Outbox(state_).prune_delivered(forgotten, Deliveries::sink_names(options_));
        });
    }

    /// The history of runs.
    void change(store::Durability durability, const std::function<void()>& what) {
        with_room(parts_.observer, [&] {
            auto transaction = state_.begin();
            what();
            transaction.commit(durability);
        });
    }

    static constexpr auto full_disk_pause = 10s;
    static constexpr auto history_kept = 24h * 90;  // a season of cycles

    Workshop& workshop_;
    const SessionOptions& options_;
    SessionParts parts_;
    store::StateFile& state_;
};

}  // namespace

SessionResult run_locally(Workshop& workshop, worker::Plan& plan, const SessionOptions& options, const SessionParts& parts,
                          store::StateFile& state) {
    return LocalSession(workshop, options, parts, state).run(plan);
}

}  // namespace freshet::run
