// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/state_writer.hpp"

#include <algorithm>
#include <array>

namespace freshet::scheduler {

namespace {

constexpr std::string_view settings_key = "scheduler";
constexpr std::string_view family_prefix = "family/";
constexpr std::string_view root_failure_prefix = "root_failure/";
constexpr std::array<std::string_view, 4> failure_texts = {"not_yet", "throttled", "transient", "permanent"};

// Events other than completions reach the disk within a second.
constexpr std::chrono::seconds sync_delay{1};

std::string receipt_digest(const Json& facts) {
    const Json* digest = facts.is_object() ? facts.find("receipt_digest") : nullptr;
    return digest && digest->is_string() ? digest->as_string() : std::string();
}

}  // namespace

SavedState StateWriter::read() {
    SavedState saved;
    saved.task_count = tables_.estimated_task_count();
    saved.tasks = [this](const RecordVisitor& visit) {
        tables_.load_records([&](std::string_view id, std::string_view record) {
            visit({.id = std::string(id), .content = std::string(record)});
        });
    };
    saved.workers = [this](const RecordVisitor& visit) {
        tables_.load_workers(
            [&](store::WorkerRow&& row) { visit({.id = std::move(row.worker_id), .content = std::move(row.record)}); });
    };
    tables_.load_meta(family_prefix, [&](std::string&& name, std::string&& record) {
        saved.families.push_back({.id = std::move(name), .content = std::move(record)});
    });
    tables_.load_meta(root_failure_prefix, [&](std::string&& id, std::string&& record) {
        saved.root_failures.push_back({.id = std::move(id), .content = std::move(record)});
    });
    if (auto json = tables_.meta(settings_key))
        saved.settings = Record{.id = std::string(settings_key), .content = std::move(*json)};
    return saved;
}

void StateWriter::write(WriteBatch batch, store::Durability durability, Time now) {
    if (!batch.empty()) uncommitted_.push_back(std::move(batch));
    if (uncommitted_.empty()) return;
    required_durability_ = std::max(required_durability_, durability);
    auto transaction = file_.begin();
    for (const WriteBatch& each : uncommitted_) write(each, now);
    transaction.commit(required_durability_);
    uncommitted_.clear();
    if (required_durability_ == store::Durability::power_cut)
        next_sync_.reset();
    else if (!next_sync_)
        next_sync_ = now + sync_delay;
    required_durability_ = store::Durability::crash;
}

bool StateWriter::is_unwritten(const std::string& task_id) const {
    return std::ranges::any_of(uncommitted_, [&](const WriteBatch& batch) {
        return std::ranges::find(batch.tasks, task_id, &Record::id) != batch.tasks.end();
    });
}

bool StateWriter::may_go_on(const std::string& task_id, const std::string& worker) {
    const auto last = tables_.last_attempt(task_id);
    return !last || (last->worker == worker && last->status == "LOST");
}

void StateWriter::sync_if_due(Time now) {
    if (!next_sync_ || now < *next_sync_) return;
    file_.sync();
    next_sync_.reset();
}

void StateWriter::write(const WriteBatch& batch, Time now) {
    if (batch.clock_change != Time::duration::zero()) {
        tables_.shift_unended(batch.clock_change);
        outbox_.shift_backoffs(batch.clock_change);
    }
    for (const std::string& id : batch.removed_tasks) tables_.remove_task(id);
    for (const Record& task : batch.tasks)
        tables_.upsert_task({.task_id = task.id,
                             .family = task.family,
                             .params = task.params,
                             .status = std::string(text(task.status)),
                             .updated = task.updated,
                             .record = task.content});
    for (const std::string& id : batch.removed_workers) tables_.remove_worker(id);
    for (const Record& worker : batch.workers)
        tables_.upsert_worker({.worker_id = worker.id, .record = worker.content});
    for (const Record& family : batch.families)
        tables_.set_meta(std::string(family_prefix) + family.id, family.content);
    for (const std::string& id : batch.removed_root_failures)
        tables_.remove_meta(std::string(root_failure_prefix) + id);
    for (const Record& failure : batch.root_failures)
        tables_.set_meta(std::string(root_failure_prefix) + failure.id, failure.content);
    if (batch.settings) tables_.set_meta(settings_key, *batch.settings);
    for (const RunStep& step : batch.runs) write_run(step);
    for (const AttemptStep& step : batch.attempts) write_attempt(step);
    for (const HistoryEntry& entry : batch.history)
        tables_.add_history({.at = entry.at,
                             .task_id = entry.task_id,
                             .status = std::string(text(entry.status)),
                             .worker = entry.worker,
                             .detail = entry.detail});
    for (const Event& event : batch.events)
        outbox_.enqueue({.id = event.id, .key = event.key, .document = to_json(event).text(), .subject = event.subject},
                        now);
}

void StateWriter::write_run(const RunStep& step) {
    if (step.end)
        tables_.end_run(step.run_id, step.at, step.end->exit_code, step.end->summary);
    else
        tables_.start_run({.run_id = step.run_id,
                           .started = step.at,
                           .program = step.program,
                           .command = step.command,
                           .host = step.host,
                           .pid = step.pid});
}

void StateWriter::write_attempt(const AttemptStep& step) {
    if (const auto& start = step.started)
        tables_.start_attempt({.run_id = start->run_id.empty() ? run_id_ : start->run_id,
                               .task_id = start->task_id,
                               .number = static_cast<int>(start->number),
                               .worker = start->worker,
                               .started = start->at});
    if (const auto& resumed = step.resumed) tables_.resume_attempt(resumed->task_id, resumed->worker);
    if (step.ended && !step.ended->has_begun) tables_.remove_attempt(step.ended->task_id, step.ended->worker);
    if (const auto& end = step.ended; end && end->has_begun)
        tables_.end_attempt(
            {.task_id = end->task_id,
             .worker = end->worker,
             .ended = end->at,
             .status = end->status,
             .failure_class =
                 end->failure_class ? std::string(failure_texts[static_cast<std::size_t>(*end->failure_class)]) : "",
             .message = end->message,
             .receipt_digest = receipt_digest(end->facts)});
}

StateMachine restore_machine(store::StateFile& file, Config config, Time now) {
    StateMachine machine(std::move(config), 0);
    StateWriter state(file, "");
    machine.restore(state.read(), now, [](const Record&, const std::string&) {});
    return machine;
}

}  // namespace freshet::scheduler
