// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/config.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/state_machine.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace freshet::operate {

/// A copy of the scheduler of a state file, made beside the run that works on it, and made anew when that has written.
/// Answers queries and changes nothing that lasts. Thread-safe.
class StateCopy final : public scheduler::Executor {
public:
    /// Throws StoreError when the state cannot be read.
    StateCopy(std::filesystem::path state, scheduler::Config limits, const Clock& clock);

    /// Calls `visitor` with the copy, which is a few seconds old at most.
    void inspect(const std::function<void(const scheduler::StateMachine&, Time)>& visitor);

    /// When a change was noticed last.
    Time last_change();

    using Executor::submit;
    void submit(std::vector<rpc::Request> requests, scheduler::OnReply on_reply,
                scheduler::IsConnected is_connected) override;
    void query(scheduler::QueryFactory query, scheduler::OnQueryDone on_done,
               scheduler::IsConnected is_connected) override;
    bool is_disk_full() const override { return false; }
    std::chrono::seconds stalled_for() const override { return {}; }

private:
    using Stamp = std::vector<std::pair<std::filesystem::file_time_type, std::uintmax_t>>;

    Stamp stamp() const;
    void read(Time now);
    scheduler::StateMachine& fresh_copy(Time now);

    const std::filesystem::path state_;
    const scheduler::Config limits_;
    const Clock& clock_;
    std::mutex mutex_;
    // Guarded by mutex_.
    std::optional<scheduler::StateMachine> machine_;
    Stamp stamp_;  // of the files that the copy was made of
    Time last_change_{};
    std::chrono::steady_clock::time_point next_look_{};
};

}  // namespace freshet::operate
