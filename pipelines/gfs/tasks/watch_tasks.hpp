// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_tasks.hpp"

#include <string>
#include <vector>

namespace gfs {

/// For so long after the analysis time upstream is asked again whether it replaced files.
inline constexpr std::chrono::hours watch_window{12};

/// What is to be looked at again, and when somebody asked for that.
struct WatchParameters : IngestParameters {
    std::string asked = "";  ///< "2026-08-21T09:15:00.250Z"; sorts as time does

    static constexpr auto parameters = freshet::inherit_parameters<IngestParameters, WatchParameters>(
        param<&WatchParameters::asked>("looks made before this time do not count; by default now").insignificant());
};

/// A cycle, and, within the watch window, what upstream has since replaced of it: that becomes a new revision; the old
/// one stays as it was.
struct WatchCycle : WatchParameters {
    static constexpr auto parameters = freshet::inherit_parameters<WatchParameters, WatchCycle>();

    /// The newest revision of the cycle.
    IngestCycle requirements() const;
    /// Somebody has looked since that was asked for.
    bool complete() const;
    double priority() const { return priority_of_end(); }
    freshet::Outcome run(freshet::Context& context) const;
};

/// Looks whether upstream replaced files of the cycles that are complete: what fcron names some times an hour.
struct Watch : WatchParameters {
    static constexpr auto parameters = freshet::inherit_parameters<WatchParameters, Watch>();

    std::vector<WatchCycle> requirements() const;
    std::vector<freshet::LocalTarget> output() const { return {}; }
    void run(freshet::Context& context) const;
};

/// Every cycle since a time, newest first, complete and watched: whichever trigger was lost, the next one makes up for
/// it. Its own priority is the default, which all cycles' are above: what a task needs gets at least the task's.
struct Contiguous : WatchParameters {
    Cycle since;

    static constexpr auto parameters = freshet::inherit_parameters<WatchParameters, Contiguous>(
        param<&Contiguous::since>("the first analysis time that is wanted").required());

    /// The first cycle that is made: with few to keep, one after `since`.
    Cycle oldest() const;
    std::vector<freshet::AnyTask> requirements() const;
    std::vector<freshet::LocalTarget> output() const { return {}; }
    void run(freshet::Context& context) const;
};

}  // namespace gfs
