// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "run/session.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace freshet::run {

/// The execution summary at the end of a run, in Luigi's format, with the reason of each failed task. Several lines, at
/// most five for each group and then a count. Groups without tasks are left out.
std::string summary(const SessionResult& result);

/// One sentence for the pending and one for the dead events of each sink, with the reason; one for a sink that is not
/// configured.
std::vector<std::string> undelivered_lines(const std::vector<SinkBacklog>& backlogs);

/// The counts of the summary in one line, for the history: "16 tasks: 4 complete, 11 ran, 1 failed".
std::string one_line_summary(const SessionResult& result);

/// The counts of the summary as fields, for the JSON log: all of them, with zeros, and the duration in milliseconds.
Json::Object summary_fields(const SessionResult& result);

/// The groups of the execution summary, in its order.
enum class SummaryGroup {
    complete,  ///< before the run
    done,
    failed,
    scheduling_failed,  ///< its completeness could not be determined
    missing_external,   ///< the output of an external task does not exist
    running_elsewhere,  ///< still running at another worker
    not_ready,
    failed_dependencies,
    scheduling_failed_dependencies,
    missing_dependencies,
    running_elsewhere_dependencies,
    not_run,  ///< not started, for none of these reasons
};

/// The group of each task, in the order of `tasks`. A task that did not start gets its group from its requirements,
/// direct and indirect; where several apply, the first in the order of the enumeration. Calls requirements() of the
/// tasks that did not start, and ignores those that throw.
std::vector<SummaryGroup> groups_of(const std::vector<TaskResult>& tasks);

/// One phrase for tasks of one family, as in Luigi's summary: "Load(day=1)", "Load(day=1...9, shop=3)" when they
/// differ in one parameter, else "Load(day=1, shop=3) ...". Names both of two tasks, compares no more than 1000, and
/// shortens a description of over 200 bytes to "Load(...)". There must be at least one task.
std::string format_task_range(const std::vector<AnyTask>& tasks);

}  // namespace freshet::run
