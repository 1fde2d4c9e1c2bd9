// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/rows.hpp"
#include "store/state_file.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace freshet::store {

/// The questions of why, history and the page; needs no more than StateFile::open_read_only().
class History {
public:
    explicit History(StateFile& state);

    std::optional<TaskRow> task(std::string_view task_id);
    /// Of one family, in the order of their last change, newest first.
    std::vector<TaskRow> tasks_of_family(std::string_view family, int limit);
    /// Oldest first.
    std::vector<AttemptRow> attempts_of(std::string_view task_id);
    /// Newest first.
    std::vector<AttemptRow> newest_attempts_of(std::string_view task_id, int limit);
    /// Oldest first.
    std::vector<HistoryRow> changes_of(std::string_view task_id);
    /// Newest first.
    std::vector<HistoryRow> newest_changes_of(std::string_view task_id, int limit);
    /// Newest first.
    std::vector<RunRow> runs(int limit);
    std::optional<RunRow> run(std::string_view run_id);

private:
    Statement task_, tasks_of_family_;
    Statement attempts_of_, newest_attempts_of_;
    Statement changes_of_, newest_changes_of_;
    Statement runs_, run_;
};

}  // namespace freshet::store
