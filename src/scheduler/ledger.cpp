// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/ledger.hpp"

#include <algorithm>
#include <array>

namespace freshet::scheduler {

namespace {

constexpr std::string_view settings_key = "scheduler";
constexpr std::string_view family_prefix = "family/";
constexpr std::array<std::string_view, 4> failure_texts = {"not_yet", "throttled", "transient", "permanent"};

// Events other than completions reach the disk within a second.
constexpr std::chrono::seconds sync_delay{1};

std::string receipt_digest(const Json& facts) {
    const Json* digest = facts.is_object() ? facts.find("receipt_digest") : nullptr;
    return digest && digest->is_string() ? digest->as_string() : std::string();
}

}  // namespace

Memory Ledger::read() {
    Memory memory;
    memory.count = journal_.task_places();
    memory.tasks = [this](const VisitRecord& visit) {
        journal_.load_records([&](std::string_view id, std::string_view record) {
            visit({.id = std::string(id), .content = std::string(record)});
        });
    };
    memory.workers = [this](const VisitRecord& visit) {
        journal_.load_workers(
            [&](store::WorkerRow&& row) { visit({.id = std::move(row.worker_id), .content = std::move(row.record)}); });
    };
    journal_.load_meta(family_prefix, [&](std::string&& name, std::string&& record) {
        memory.families.push_back({.id = std::move(name), .content = std::move(record)});
    });
    if (auto json = journal_.meta(settings_key))
        memory.settings = Record{.id = std::string(settings_key), .content = std::move(*json)};
    return memory;
}

void Ledger::write(Changes changes, store::Durability durability, Time now) {
    if (!changes.empty()) unwritten_.push_back(std::move(changes));
    if (unwritten_.empty()) return;
    owed_ = std::max(owed_, durability);
    auto transaction = file_.begin();
    for (const Changes& each : unwritten_) write(each, now);
    transaction.commit(owed_);
    unwritten_.clear();
    if (owed_ == store::Durability::power_cut)
        next_sync_.reset();
    else if (!next_sync_)
        next_sync_ = now + sync_delay;
    owed_ = store::Durability::crash;
}

void Ledger::sync_if_due(Time now) {
    if (!next_sync_ || now < *next_sync_) return;
    file_.sync();
    next_sync_.reset();
}

void Ledger::write(const Changes& changes, Time now) {
    for (const std::string& id : changes.removed_tasks) journal_.remove_task(id);
    for (const Record& task : changes.tasks)
        journal_.upsert_task({.task_id = task.id,
                              .family = task.family,
                              .params = task.params,
                              .status = std::string(text(task.status)),
                              .updated = task.updated,
                              .record = task.content});
    for (const std::string& id : changes.removed_workers) journal_.remove_worker(id);
    for (const Record& worker : changes.workers)
        journal_.upsert_worker({.worker_id = worker.id, .record = worker.content});
    for (const Record& family : changes.families)
        journal_.set_meta(std::string(family_prefix) + family.id, family.content);
    if (changes.settings) journal_.set_meta(settings_key, changes.settings->text());
    for (const AttemptStep& step : changes.attempts) write_attempt(step);
    for (const HistoryEntry& entry : changes.history)
        journal_.add_history({.at = entry.at,
                              .task_id = entry.task_id,
                              .status = std::string(text(entry.status)),
                              .worker = entry.worker,
                              .detail = entry.detail});
    for (const Event& event : changes.events)
        outbox_.enqueue({.id = event.id, .key = event.key, .document = to_json(event).text()}, now);
}

void Ledger::write_attempt(const AttemptStep& step) {
    if (const auto& start = step.started)
        journal_.start_attempt({.run_id = run_id_,
                                .task_id = start->task_id,
                                .number = static_cast<int>(start->number),
                                .worker = start->worker,
                                .started = start->at});
    if (const auto& end = step.ended)
        journal_.end_attempt(
            {.task_id = end->task_id,
             .worker = end->worker,
             .ended = end->at,
             .status = end->status,
             .failure_class =
                 end->failure_class ? std::string(failure_texts[static_cast<std::size_t>(*end->failure_class)]) : "",
             .message = end->message,
             .receipt_digest = receipt_digest(end->facts)});
}

}  // namespace freshet::scheduler
