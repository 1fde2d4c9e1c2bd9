// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/state_machine.hpp"
#include "scheduler/write_batch.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"
#include "store/tables.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// Commits write batches to the state file, and reads saved state at the next start. Used by one thread at a time.
class StateWriter {
public:
    StateWriter(store::StateFile& file, std::string run_id)
        : file_(file), tables_(file), outbox_(file), run_id_(std::move(run_id)) {}

    /// The saved state; its visitors must not outlive this object.
    SavedState read();

    /// Writes the batch, and those of earlier calls that failed, in one transaction. Throws DiskFullError or StoreError
    /// when that fails, and keeps the batches for the next call.
    void write(WriteBatch batch, store::Durability durability, Time now);

    /// True if a change of the task waits to be written.
    bool is_unwritten(const std::string& task_id) const;
    /// True unless an attempt at the task by another worker, or one that ended otherwise than by a loss, is the last
    /// one written.
    bool may_go_on(const std::string& task_id, const std::string& worker);

    /// Time by which crash-safe commits must be synced to the disk; nullopt when all are.
    std::optional<Time> next_sync() const { return next_sync_; }
    /// Moves next_sync() by the change of a clock that was set.
    void shift_times(Time::duration change) {
        if (next_sync_) *next_sync_ += change;
    }
    /// Syncs the file if next_sync() has come.
    void sync_if_due(Time now);

private:
    void write(const WriteBatch& batch, Time now);
    void write_run(const RunStep& step);
    void write_attempt(const AttemptStep& step);

    store::StateFile& file_;
    store::StateTables tables_;
    store::Outbox outbox_;
    std::string run_id_;
    std::vector<WriteBatch> uncommitted_;
    store::Durability required_durability_ = store::Durability::crash;
    std::optional<Time> next_sync_;
};

/// Restores the scheduler that a state file describes, as its owner has it, to explain tasks. Unreadable records are
/// skipped.
StateMachine restore_machine(store::StateFile& file, Config config, Time now);

}  // namespace freshet::scheduler
