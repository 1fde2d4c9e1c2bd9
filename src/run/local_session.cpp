// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/notifier.hpp"
#include "run/event_delivery.hpp"
#include "run/state_owner.hpp"
#include "worker/long_poll.hpp"

namespace freshet::run {

namespace {

std::vector<TaskResult> run_worker(WorkerHost& worker_host, worker::Plan& plan, const SessionParts& parts,
                                   StateOwner& owner) {
    const auto ask = [&](const rpc::GetWork& request, const std::stop_token& stop) {
        return std::get<rpc::Work>(owner.client().call({request}, stop).front());
    };
    worker::LongPollClient long_poll(ask, long_poll_timeout, worker_host.mailbox());
    return worker_host.run_worker(plan,
                                  {.scheduler = owner.client(),
                                   .observer = parts.observer,
                                   .on_tick = [] { return std::nullopt; },
                                   .long_poll = &long_poll,
                                   .records_run = true,
                                   .has_other_workers = [&] { return owner.has_other_workers(); },
                                   .on_leases = [&](rpc::Leases leases) { owner.set_leases(std::move(leases)); }});
}

bool has_open_problems(const SessionOptions& options, const SessionParts& parts, store::StateFile& state) {
    return !options.notifications.empty() &&
           notify::Notifier(state, parts.log, {.rules = options.notifications}).has_open_problems();
}

}  // namespace

SessionResult run_locally(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                          const SessionParts& parts, store::StateFile& state) {
    SessionResult result;
    tolerating_full_disk(parts.observer, [&] {
        const auto open = options.state ? std::vector{*options.state} : std::vector<std::filesystem::path>{};
        recover_events(receipt_events(plan), state, options.state, open, parts.clock.now());
    });
    if (plan.roots_are_complete() && !has_open_problems(options, parts, state)) {
        result.tasks = results_of_complete(plan);
        EventDelivery event_delivery(state, options, parts, worker_host.waker());
        tolerating_full_disk(parts.observer, [&] { result.undelivered = event_delivery.finish(false); });
        return result;
    }
    StateOwner owner(state, options, parts, worker_host);
    if (options.state && !options.is_exclusive) owner.serve();
    result.tasks = run_worker(worker_host, plan, parts, owner);
    result.was_stopped = worker_host.stop_count() > 0;
    worker_host.report_end(result, owner.client());
    owner.finish(result);
    return result;
}

}  // namespace freshet::run
