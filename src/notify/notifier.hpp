// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "notify/notification.hpp"
#include "notify/rule.hpp"
#include "scheduler/scheduler_state.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"
#include "store/tables.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::notify {

struct NotifierOptions {
    std::vector<Rule> rules{};
    std::optional<std::filesystem::path> state_folder{};  ///< none: the state is in memory
    std::string source = "/freshetd";                     ///< of the events
    SchedulerContact contact{};
};

/// Queues the notifications of the rules in the outbox. The problems that were told are saved in the transaction that
/// queues the message about them, and compared with the scheduler's own saved state: after a crash at any time each
/// message is in the outbox once. Belongs to the thread that owns the state.
class Notifier {
public:
    Notifier(store::StateFile& file, Log& log, NotifierOptions options);

    /// Compares once a second; returns the time of the next call, nothing without a rule. Throws StoreError and has
    /// changed nothing.
    std::optional<Time> on_tick(const scheduler::SchedulerState& scheduler, Time now);

    /// Compares once more and tells what there is, though more may change: nobody watches the state from now on.
    void finish(const scheduler::SchedulerState& scheduler, Time now);

    /// True when a problem was told, and not yet that it is over.
    bool has_open_problems() const;

private:
    /// A rule with the problems that its messages have told, but not yet that they are over.
    struct RuleState {
        Rule rule;
        Problems open{};
        std::optional<Time> changed_since{};  ///< begin of the window
    };

    void load(RuleState& state);
    void check(const scheduler::SchedulerState& scheduler, Time now, bool is_last);
    void apply(RuleState& state, ProblemChanges changes, Time now, bool is_last);
    void save(RuleState& state, ProblemChanges changes, bool is_told, Time now);
    void queue_message(const RuleState& state, const ProblemChanges& changes, Time now);

    store::StateFile& file_;
    Log& log_;
    store::StateTables tables_;
    store::Outbox outbox_;
    std::vector<RuleState> rules_;
    std::optional<std::filesystem::path> state_folder_;
    std::string source_;
    SchedulerContact contact_;
    Time next_check_{};
};

}  // namespace freshet::notify
