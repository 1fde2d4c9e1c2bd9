// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/remote_session.hpp"

#include "run/announcements.hpp"
#include "run/bell.hpp"
#include "run/event_queues.hpp"
#include "run/pause_limit.hpp"
#include "run/planned.hpp"
#include "run/telling_observer.hpp"
#include "wire/greeting.hpp"
#include "worker/announced.hpp"
#include "worker/luigi_dialect.hpp"
#include "worker/registration.hpp"
#include "worker/remote_scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// Far below the minute after which a scheduler gives a silent worker up, and often enough for news of tasks.
constexpr auto heartbeat_interval = 2s;
/// Below the minute after which proxies end a connection that is silent.
constexpr auto longest_hold = 25s;

class RemoteSession {
public:
    RemoteSession(Workshop& workshop, const SessionOptions& options, const SessionParts& parts)
        : workshop_(workshop),
          options_(options),
          parts_(parts),
          client_(http::make_client()),
          line_(options.scheduler->address, *client_),
          scheduler_({.line = line_,
                      .clock = parts.clock,
                      .stops = [this] { return workshop_.stops(); },
                      .chance = Workshop::chance(),
                      .pause = [this](auto pause) { bell_.wait(pause); },
                      .notice = [this](std::string_view sentence) { parts_.observer.noticed(sentence); }},
                     {.later = options.scheduler->patience}) {
        workshop_.on_stop([this] {
            scheduler_.stop_asked();
            bell_.ring();
        });
    }
    ~RemoteSession() { workshop_.on_stop([] {}); }
    RemoteSession(const RemoteSession&) = delete;
    RemoteSession& operator=(const RemoteSession&) = delete;

    SessionResult run(worker::Plan& plan) {
        const Json greeting = scheduler_.greeting();
        SessionResult result;
        if (wire::has_extension(greeting, wire::extension_names::leases)) work_for_freshetd(plan, result);
        else work_for_luigid(plan, result);
        result.was_stopped = workshop_.stops() > 0;
        return result;
    }

private:
    void work_for_freshetd(worker::Plan& plan, SessionResult& result) {
        line_.send_json();
        announce_again(plan);
        if (is_complete(plan) && !options_.scheduler->serves) {
            result.tasks = reports_of_complete(plan);
            return;
        }
        worker::HeldQuestion held(line_.address(), longest_hold, workshop_.mailbox());
        result.tasks = work(plan, {.scheduler = scheduler_,
                                   .observer = parts_.observer,
                                   .between = [] { return std::nullopt; },
                                   .held = &held,
                                   .sharing = worker::Sharing{.families = options_.scheduler->families,
                                                              .serves = options_.scheduler->serves}});
    }

    void work_for_luigid(worker::Plan& plan, SessionResult& result) {
        if (options_.scheduler->serves)
            throw worker::UnavailableError(fmt::format(
                "work for scheduler '{}': it is a luigid, where a worker cannot say which families it can make: it would "
                "be given other programs' tasks; 'run' works with it", line_.name()));
        std::optional<EventQueues> queues;
        if (may_announce(plan)) {
            queues.emplace(options_, parts_, workshop_);
            with_room(parts_.observer, [&] { run::announce_again(plan, queues->own(), parts_.clock.now()); });
        }
        if (is_complete(plan)) {
            result.tasks = reports_of_complete(plan);
        } else {
            worker::LuigiDialect luigid({.luigid = scheduler_,
                                         .clock = parts_.clock,
                                         .chance = Workshop::chance(),
                                         .keep_events = [&](const auto& events) { queues->enqueue(events); }});
            result.tasks = work(plan, {.scheduler = luigid,
                                       .observer = parts_.observer,
                                       .between = [&] { return queues ? queues->poll() : std::nullopt; },
                                       .sharing = worker::Sharing{.has_leases = false}});
        }
        if (queues) result.undelivered_events = queues->finish(workshop_.stops() > 0);
    }

    std::vector<TaskReport> work(worker::Plan& plan, Workshop::Employment employment) {
        worker::Heartbeat heartbeat(line_.address(), workshop_.worker_id(), heartbeat_interval, workshop_.mailbox());
        TellingObserver observer(parts_.observer, heartbeat);
        PauseLimit scheduler(employment.scheduler, options_.longest_pause);
        return workshop_.work(plan, {.scheduler = scheduler,
                                     .observer = observer,
                                     .between = std::move(employment.between),
                                     .slots = options_.workers,
                                     .held = employment.held,
                                     .ping_interval = std::nullopt,
                                     .sharing = std::move(employment.sharing)});
    }

    /// Where a crash came between an output and its announcement, the scheduler is told now: it knows the events by id.
    void announce_again(const worker::Plan& plan) {
        for (std::size_t node = 0; node < plan.size(); ++node) {
            const AnyTask& task = plan[node].task;
            if (!plan[node].is_complete || !task.type().announces) continue;
            wire::AddTask report = worker::report(task, wire::Status::done, workshop_.worker_id());
            report.events = worker::announced_by(task);
            if (!report.events.empty()) scheduler_.call({std::move(report)});
        }
    }

    /// What a task finds out it needs while it runs may announce as well; it is of a class that the program knows.
    bool may_announce(const worker::Plan& plan) const {
        if (options_.scheduler->announces) return true;
        for (std::size_t node = 0; node < plan.size(); ++node)
            if (plan[node].task.type().announces) return true;
        return false;
    }

    Workshop& workshop_;
    const SessionOptions& options_;
    SessionParts parts_;
    Bell bell_;
    std::unique_ptr<http::Client> client_;
    worker::SchedulerLine line_;
    worker::RemoteScheduler scheduler_;
};

}  // namespace

SessionResult run_remotely(Workshop& workshop, worker::Plan& plan, const SessionOptions& options, const SessionParts& parts) {
    return RemoteSession(workshop, options, parts).run(plan);
}

}  // namespace freshet::run
