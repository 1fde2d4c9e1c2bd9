// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/changes.hpp"
#include "scheduler/state.hpp"
#include "store/journal.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// Writes the state's changes into the state file, and reads them at the next start.
class Ledger {
public:
    Ledger(store::StateFile& file, std::string run_id)
        : file_(file), journal_(file), outbox_(file), run_id_(std::move(run_id)) {}

    /// Everything written so far; to be visited while this lives.
    Memory read();

    /// Writes the changes, and those of earlier calls that failed, in one transaction. They are kept when it fails.
    void write(Changes changes, store::Durability durability, Time now);

    /// What was committed to outlive a crash is to be on the disk by then; nullopt when it is.
    std::optional<Time> next_sync() const { return next_sync_; }
    void sync_if_due(Time now);

private:
    void write(const Changes& changes, Time now);
    void write_attempt(const AttemptStep& step);

    store::StateFile& file_;
    store::Journal journal_;
    store::Outbox outbox_;
    std::string run_id_;
    std::vector<Changes> unwritten_;
    store::Durability owed_ = store::Durability::crash;
    std::optional<Time> next_sync_;
};

}  // namespace freshet::scheduler
