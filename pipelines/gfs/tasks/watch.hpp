// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_tasks.hpp"

#include <string>
#include <vector>

namespace gfs {

/// Time after the analysis during which upstream is checked for replaced files.
inline constexpr std::chrono::hours watch_window{12};

/// The parameters of checking complete cycles again.
struct WatchParameters : IngestParameters {
    std::string asked = "";  ///< "2026-08-21T09:15:00.250Z"; sorts by time

    static constexpr auto parameters = freshet::inherit_parameters<IngestParameters, WatchParameters>(
        param<&WatchParameters::asked>("check again if the last check is older than this (default: now)")
            .insignificant());
};

/// Makes a cycle complete and, within the watch window, compares its files with upstream. Replaced files lead to a new
/// revision; the old one stays unchanged.
struct WatchCycle : WatchParameters {
    static constexpr auto parameters = freshet::inherit_parameters<WatchParameters, WatchCycle>();

    /// The newest revision of the cycle.
    IngestCycle requirements() const;
    /// True when the last check is not older than `asked`.
    bool complete() const;
    double priority() const { return priority_of_end(); }
    freshet::Outcome run(freshet::Context& context) const;
};

/// Checks the complete cycles for files that upstream replaced. Started by fcron several times an hour.
struct Watch : WatchParameters {
    static constexpr auto parameters = freshet::inherit_parameters<WatchParameters, Watch>();

    std::vector<WatchCycle> requirements() const;
    std::vector<freshet::LocalTarget> output() const { return {}; }
    void run(freshet::Context& context) const;
};

/// Makes every cycle since a time complete and watched, newest first, so that a lost trigger is made up for by the next
/// one. Has the default priority, below that of all cycles, since requirements inherit the priority of the task.
struct Contiguous : WatchParameters {
    Cycle since;

    static constexpr auto parameters = freshet::inherit_parameters<WatchParameters, Contiguous>(
        param<&Contiguous::since>("first analysis time, or how long before the newest cycle: '3 days'").required());

    /// The first cycle to make: later than `since` when --keep-cycles removes older ones.
    Cycle oldest() const;
    std::vector<freshet::AnyTask> requirements() const;
    std::vector<freshet::LocalTarget> output() const { return {}; }
    void run(freshet::Context& context) const;
};

}  // namespace gfs
