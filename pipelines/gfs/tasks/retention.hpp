// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/cycle_tasks.hpp"

#include "freshet/clock.hpp"
#include "freshet/command_line.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Returns the parameters of a task that ingests whole cycles; nothing for other tasks.
std::optional<IngestParameters> ingest_parameters(const freshet::AnyTask& task);

/// Removes the cycles of a dataset that are older than the newest `keep` cycles complete for `leads` (canonical text),
/// with all their revisions. Cycles complete for fewer leads do not count. Never removes the cycle that `latest` points
/// to, nor an incomplete cycle with a file younger than a day, which may be in progress, nor a cycle that an
/// undelivered event younger than a week names. Each cycle disappears in one step and is recorded as a line of
/// FOLDER/removed.jsonl. Returns one message for each removed cycle and one that names the cycles kept for events.
/// Throws Error.
std::vector<std::string> remove_old_cycles(const std::filesystem::path& dataset_folder, std::string_view leads,
                                           int keep, freshet::Time now,
                                           const std::vector<freshet::UndeliveredEvent>& undelivered = {});

/// Applies --keep-cycles after a run: removes old cycles of its dataset. Returns the messages of what was done.
std::vector<std::string> apply_retention(const freshet::FinishedRun& end);

}  // namespace gfs
