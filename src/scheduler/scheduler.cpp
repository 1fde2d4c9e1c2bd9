// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler.hpp"

#include "base/log.hpp"
#include "base/time.hpp"
#include "scheduler/ledger.hpp"
#include "scheduler/state.hpp"
#include "wire/codec.hpp"

#include <fmt/format.h>

namespace freshet::scheduler {

Scheduler::Scheduler(store::StateFile& file, Log& log, SchedulerOptions options, Time now)
    : log_(log),
      state_(std::make_unique<State>(std::move(options.config), options.seed)),
      ledger_(std::make_unique<Ledger>(file, std::move(options.run_id))) {
    load(now);
    if (options.old_workers == OldWorkers::are_dead) state_->abandon_workers(now);
    keep(store::Durability::crash, now);
}

Scheduler::~Scheduler() = default;

void Scheduler::load(Time now) {
    const auto quarantine = [&](const Record& record, const std::string& reason) {
        const std::string message = fmt::format("load record of '{}': {}; it is left out", record.id, reason);
        log_.write({.level = LogLevel::error,
                    .event = "state.record_left_out",
                    .message = message,
                    .fields = {{"task_id", record.id}, {"error", reason}}});
    };
    state_->restore(ledger_->read(), now, quarantine);
}

std::vector<wire::Response> Scheduler::execute(std::span<const wire::Request> requests, Time now) {
    ledger_->write({}, store::Durability::crash, now);  // while a full disk keeps something out, no more is promised
    std::vector<wire::Response> responses;
    responses.reserve(requests.size());
    auto durability = store::Durability::crash;
    for (const wire::Request& request : requests) {
        responses.push_back(state_->handle(request, now));
        warnings_.look_at(state_->board(), request);
        if (wire::completes(request)) durability = store::Durability::power_cut;
    }
    keep(durability, now);
    return responses;
}

void Scheduler::configure(wire::Resources limits, std::set<std::string> rates, Time now) {
    state_->configure(std::move(limits), std::move(rates));
    keep(store::Durability::crash, now);
}

void Scheduler::excuse(Time::duration silence) { state_->excuse(silence); }

void Scheduler::keep(store::Durability durability, Time now) {
    ledger_->write(state_->take_changes(), durability, now);
    ledger_->sync_if_due(now);
}

std::optional<Time> Scheduler::next_wakeup() const {
    return earliest({state_->next_wakeup(), ledger_->next_sync()});
}

}  // namespace freshet::scheduler
