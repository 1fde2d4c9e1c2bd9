// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/session.hpp"

#include "base/files.hpp"
#include "event/delivery_threads.hpp"
#include "freshet/digest.hpp"
#include "run/embedded_scheduler.hpp"
#include "run/announcements.hpp"
#include "run/exit_status.hpp"
#include "run/stop_signals.hpp"
#include "run/summary.hpp"
#include "store/errors.hpp"
#include "store/journal.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"
#include "worker/nursery.hpp"
#include "worker/process_runner.hpp"
#include "worker/thread_runner.hpp"
#include "worker/toolbox.hpp"
#include "worker/worker.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <random>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// As Luigi's workers name themselves, so that their pages and ours read alike.
std::string worker_id(int workers) {
    const store::Owner self = store::this_process("", Time{});
    std::random_device chance;
    const char* user = std::getenv("USER");
    return fmt::format("Worker(salt={:010}, workers={}, host={}, username={}, pid={})", chance(), workers, self.host,
                       user ? user : "unknown", self.pid);
}

/// Luigi's defaults, but for a scheduler that serves one worker and dies with it.
scheduler::SchedulerOptions embedded(const std::string& run_id, const SessionOptions& session) {
    scheduler::SchedulerOptions options{.run_id = run_id, .seed = std::random_device{}()};
    options.old_workers = scheduler::OldWorkers::are_dead;             // the lock on the state says so
    options.config.prune_on_get_work = true;                           // nobody else does it
    options.config.stable_done_cooldown_secs = scheduler::Seconds(0);  // the plan has just looked at every output
    if (session.longest_pause) options.config.pause_limit = *session.longest_pause;
    return options;
}

bool wants_processes(const Registry& registry) {
    return std::any_of(registry.types().begin(), registry.types().end(),
                       [](const TaskType* type) { return type->isolation == Isolation::process; });
}

bool is_complete(const worker::Plan& plan) {
    return std::all_of(plan.roots().begin(), plan.roots().end(), [&](std::size_t root) { return plan[root].is_complete; });
}

/// Reports on a plan of which nothing is to be run.
std::vector<TaskReport> reports_of(const worker::Plan& plan) {
    std::vector<TaskReport> reports;
    for (std::size_t node = 0; node < plan.size(); ++node) reports.push_back({.task = plan[node].task, .fate = Fate::was_complete});
    return reports;
}

/// How long the end of a run waits for its events to arrive; what does not, goes out at the next start.
constexpr auto delivery_time = 10s;

/// One run, after it has got hold of the state.
class Session {
public:
    Session(const Registry& registry, const SessionOptions& options, const SessionParts& parts, store::StateFile& state,
            worker::Nursery* nursery)
        : registry_(registry), options_(options), parts_(parts), run_id_(options.run_id.empty() ? uuid4() : options.run_id),
          state_(state), nursery_(nursery) {}

    SessionResult run(worker::Plan& plan) {
        // Before any other thread: one that does not block the signals would die of them, and the process with it.
        if (options_.handles_signals) stops_.emplace([this] { mailbox_.put(worker::Nudge{}); });
        event::DeliveryThreads deliveries({.state = state_, .clock = parts_.clock, .log = parts_.log, .chance = jitter()},
                                          sinks(), [this] { mailbox_.put(worker::Nudge{}); });
        with_room([&] { announce_again(plan, state_, parts_.clock.now()); });
        SessionResult result;
        if (is_complete(plan)) result.tasks = reports_of(plan);
        else work(plan, deliveries, result);
        with_room([&] {
            const auto left = deliveries.finish(result.was_stopped ? 2s : delivery_time);
            result.undelivered_events = static_cast<int>(left.pending);
        });
        return result;
    }

private:
    void work(worker::Plan& plan, event::DeliveryThreads& deliveries, SessionResult& result) {
        store::Journal journal(state_);
        start_run(journal);
        scheduler::Scheduler scheduler(state_, parts_.log, embedded(run_id_, options_), parts_.clock.now());
        EmbeddedScheduler client(scheduler, parts_.clock);
        worker::Toolbox toolbox(parts_.clock);
        worker::ThreadRunner threads(options_.workers, toolbox.tools(), mailbox_);
        std::optional<worker::ProcessRunner> processes;
        if (nursery_) processes.emplace(*nursery_, registry_, parts_.clock, mailbox_, worker::ProcessRunner::Options{});
        worker::Runner& isolated = processes ? static_cast<worker::Runner&>(*processes) : threads;

        worker::Worker worker(registry_, plan,
                              {.clock = parts_.clock,
                               .scheduler = client,
                               .threads = threads,
                               .processes = isolated,
                               .mailbox = mailbox_,
                               .observer = parts_.observer,
                               .stops = [this] { return stops_ ? stops_->count() : 0; },
                               .between = [&] { return housekeeping(scheduler, client, deliveries); }},
                              {.id = worker_id(options_.workers),
                               .slots = slots(),
                               .run_id = run_id_,
                               .traceparent = options_.traceparent,
                               .code_version = options_.version,
                               .info = {{"workers", options_.workers}},
                               .wait_until = options_.wait_until});
        worker.run();
        result.tasks = worker.reports();
        result.was_stopped = stops_ && stops_->count() > 0;
        end_run(journal, result);
    }

    /// Where all attempts run in threads, one more than each can run waits in line, so that none is idle while the
    /// worker publishes and reports. Processes have no line: as many as there are workers, and no more.
    int slots() const { return nursery_ ? options_.workers : 4 * options_.workers; }

    /// Events go out, and the scheduler does what falls due by itself. Returns when either wants to be looked after again.
    std::optional<Time> housekeeping(scheduler::Scheduler& scheduler, EmbeddedScheduler& client,
                                     event::DeliveryThreads& deliveries) {
        const Time now = parts_.clock.now();
        std::optional<Time> next = now + full_disk_pause;
        with_room([&] {
            if (const auto due = scheduler.next_wakeup(); due && *due <= now) client.call({wire::Prune{}});
            const auto delivery = deliveries.poll().next_try;
            const auto wakeup = scheduler.next_wakeup();
            next = delivery && wakeup ? std::min(delivery, wakeup) : delivery ? delivery : wakeup;
        });
        return next;
    }

    /// What can be made good later is worth a sentence when the disk is full, not the run.
    void with_room(const std::function<void()>& what) {
        try {
            what();
        } catch (const store::DiskFullError& error) {
            parts_.observer.noticed(error.what());
        }
    }

    void start_run(store::Journal& journal) {
        const store::Owner self = store::this_process(options_.command, parts_.clock.now());
        change(store::Durability::crash, [&] {
            journal.end_lost_attempts(parts_.clock.now(), "the process that ran it died");
            journal.start_run({.run_id = run_id_,
                               .started = parts_.clock.now(),
                               .program = options_.program,
                               .command = options_.command,
                               .host = self.host,
                               .pid = self.pid});
        });
    }

    void end_run(store::Journal& journal, const SessionResult& result) {
        change(store::Durability::power_cut, [&] {
            journal.end_run(run_id_, parts_.clock.now(), static_cast<int>(status_of(result)), one_line_summary(result));
            journal.prune_history(parts_.clock.now() - history_kept);
            store::Outbox(state_).prune_delivered(parts_.clock.now() - history_kept, sink_names());
        });
    }

    /// The history of runs.
    void change(store::Durability durability, const std::function<void()>& what) {
        with_room([&] {
            auto transaction = state_.begin();
            what();
            transaction.commit(durability);
        });
    }

    event::Sinks sinks() const {
        event::Sinks sinks;
        for (const auto& sink : options_.sinks) sinks.push_back(*sink);
        return sinks;
    }

    std::vector<std::string> sink_names() const {
        std::vector<std::string> names;
        for (const auto& sink : options_.sinks) names.push_back(sink->name());
        return names;
    }

    static std::function<double()> jitter() {
        return [generator = std::mt19937(std::random_device{}())]() mutable {
            return std::uniform_real_distribution<double>(0, 1)(generator);
        };
    }

    static constexpr auto full_disk_pause = 10s;
    static constexpr auto history_kept = 24h * 90;  // a season of cycles

    const Registry& registry_;
    const SessionOptions& options_;
    SessionParts parts_;
    std::string run_id_;
    store::StateFile& state_;
    worker::Nursery* nursery_;
    worker::Mailbox<worker::Message> mailbox_;
    std::optional<StopSignals> stops_;
};

}  // namespace

SessionResult run_session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options,
                          const SessionParts& parts) {
    const auto began = parts.clock.steady_now();
    const auto finished = [&](SessionResult result) {
        result.took = std::chrono::duration_cast<std::chrono::milliseconds>(parts.clock.steady_now() - began);
        return result;
    };
    worker::Plan plan = worker::make_plan(roots);
    const bool was_complete = is_complete(plan);
    if (was_complete && !(options.state && std::filesystem::exists(*options.state))) {
        parts.observer.planned(plan);
        return finished({{.tasks = reports_of(plan)}});
    }
    // Forked before there is a thread or an open state that a child could inherit.
    std::optional<worker::Nursery> nursery;
    if (!was_complete && wants_processes(registry)) nursery.emplace(worker::Nursery::start(registry));

    const store::Owner self = store::this_process(options.command, parts.clock.now());
    std::optional<store::StateFile> state;
    try {
        state.emplace(options.state ? store::StateFile::own(*options.state, self) : store::StateFile::in_memory());
    } catch (const store::OwnedError&) {
        if (!was_complete) throw;
        parts.observer.planned(plan);  // nothing to do; events that wait are the owner's to deliver
        return finished({{.tasks = reports_of(plan)}});
    }
    // Whoever owned the state until now may have completed what was missing.
    if (!was_complete) plan = worker::make_plan(roots);
    parts.observer.planned(plan);
    return finished(Session(registry, options, parts, *state, nursery ? &*nursery : nullptr).run(plan));
}

}  // namespace freshet::run
