// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler.hpp"

#include "base/log.hpp"
#include "base/time.hpp"
#include "rpc/codec.hpp"
#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"
#include "scheduler/state_writer.hpp"

#include <fmt/format.h>

namespace freshet::scheduler {

Scheduler::Scheduler(store::StateFile& file, Log& log, SchedulerOptions options, Time now)
    : log_(log),
      is_dead_(std::move(options.is_dead)),
      machine_(std::make_unique<StateMachine>(std::move(options.config), options.seed)),
      state_writer_(std::make_unique<StateWriter>(file, std::move(options.run_id))),
      last_change_(now) {
    load(now);
    if (is_dead_) machine_->drop_dead_workers(is_dead_, now);
    commit(store::Durability::crash, now);
}

Scheduler::~Scheduler() = default;

void Scheduler::load(Time now) {
    const auto quarantine = [&](const Record& record, const std::string& reason) {
        const std::string message = fmt::format("load record of '{}': {}; the record is skipped", record.id, reason);
        log_.write({.level = LogLevel::error,
                    .event = "state.record_left_out",
                    .message = message,
                    .fields = {{"task_id", record.id}, {"error", reason}}});
    };
    machine_->restore(state_writer_->read(), now, quarantine);
}

std::vector<rpc::Response> Scheduler::execute(std::span<const rpc::Request> requests, Time now) {
    // Writes what an earlier call could not: while the disk is full nothing more is promised.
    write({}, store::Durability::crash, now);
    std::vector<rpc::Response> responses;
    responses.reserve(requests.size());
    auto durability = store::Durability::crash;
    for (const rpc::Request& request : requests) {
        restore_attempt(request, now);
        responses.push_back(machine_->handle(request, now));
        warnings_.check(machine_->state(), request);
        if (rpc::is_completion(request)) durability = store::Durability::power_cut;
    }
    commit(durability, now);
    return responses;
}

std::vector<rpc::Response> Scheduler::execute_unstored(std::span<const rpc::Request> requests,
                                                       const std::string& reason, Time now) {
    std::vector<rpc::Response> responses;
    responses.reserve(requests.size());
    for (const rpc::Request& request : requests) {
        responses.push_back(answer_unstored(request, reason, now));
    }
    return responses;
}

/// Tells nothing about a lease of which a change is not yet written: it might be lost.
rpc::Response Scheduler::answer_unstored(rpc::Request request, const std::string& reason, Time now) {
    const auto is_unwritten = [&](const std::string& task_id) { return state_writer_->is_unwritten(task_id); };
    if (auto* ping = std::get_if<rpc::Ping>(&request))
        std::erase_if(ping->leases, [&](const auto& lease) { return is_unwritten(lease.first); });
    auto answer = machine_->handle_unstored(request, now);
    const auto* renewal = std::get_if<rpc::RenewLease>(&request);
    const auto* question = std::get_if<rpc::HoldsLease>(&request);
    if ((renewal && is_unwritten(renewal->task_id)) || (question && is_unwritten(question->task_id))) answer.reset();
    return answer ? std::move(*answer) : rpc::Response(rpc::Unavailable{reason});
}

/// Lets an attempt publish although its task was removed during a silence of its worker.
void Scheduler::restore_attempt(const rpc::Request& request, Time now) {
    const auto* attempt = std::get_if<rpc::HoldsLease>(&request);
    if (!attempt || machine_->state().tasks.find(attempt->task_id)) return;
    if (state_writer_->may_go_on(attempt->task_id, attempt->worker)) machine_->restore_attempt(*attempt, now);
}

void Scheduler::configure(rpc::Resources limits, std::set<std::string> rates, Time now) {
    machine_->configure(std::move(limits), std::move(rates));
    commit(store::Durability::crash, now);
}

bool Scheduler::drop_dead_workers(Time now) {
    if (!is_dead_ || !machine_->drop_dead_workers(is_dead_, now)) return false;
    commit(store::Durability::crash, now);
    return true;
}

void Scheduler::shift_heartbeats(Time::duration silence) { machine_->shift_heartbeats(silence); }

void Scheduler::shift_times(Time::duration change, Time now) {
    machine_->shift_times(change, now);
    state_writer_->shift_times(change);
}

void Scheduler::write(WriteBatch batch, store::Durability durability, Time now) {
    try {
        state_writer_->write(std::move(batch), durability, now);
    } catch (const DiskFullError&) {
        is_disk_full_ = true;
        throw;
    }
    if (std::exchange(is_disk_full_, false)) machine_->restart_timeouts(now);
}

void Scheduler::commit(store::Durability durability, Time now) {
    WriteBatch batch = machine_->take_write_batch();
    if (!batch.empty()) last_change_ = now;
    write(std::move(batch), durability, now);
    state_writer_->sync_if_due(now);
}

std::optional<Time> Scheduler::next_wakeup() const {
    return earliest({machine_->next_wakeup(), state_writer_->next_sync()});
}

}  // namespace freshet::scheduler
