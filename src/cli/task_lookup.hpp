// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/scheduler_access.hpp"
#include "store/history.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::cli {

/// A task as its scheduler knows it.
struct KnownTask {
    std::string id;
    std::string name;    ///< for people: "Report(day=2026-08-21)"
    std::string status;  ///< in Luigi's words
    Json more{};         ///< all that the scheduler tells of it, in Luigi's form
};

/// The tasks of an answer of the scheduler that has them by id.
std::vector<KnownTask> known_tasks(const Json& by_id);

/// The task as a state records it, without its record.
store::TaskRow row_of(const KnownTask& task);

/// Drops the tasks of which a parameter has another value.
void keep_with_values(std::vector<KnownTask>& tasks, const Values& values);

/// Throws ParameterError when no task of the family of the command line has one of its parameters; names the nearest.
void check_parameters(const CommandContext& context, SchedulerAccess& scheduler);

/// The task that the command line names: by its id, the unique beginning of one, what it is called on pages and in
/// messages, or a family with parameters that only one task has; nullopt when there is none. Throws ParameterError when
/// there are several.
std::optional<KnownTask> find_task(const CommandContext& context, SchedulerAccess& scheduler);

/// The same; throws ParameterError when there is none, too.
KnownTask require_task(const CommandContext& context, SchedulerAccess& scheduler);

/// The same by an id or its beginning.
std::optional<KnownTask> find_by_id(std::string_view beginning, const CommandContext& context,
                                    SchedulerAccess& scheduler);

}  // namespace freshet::cli
