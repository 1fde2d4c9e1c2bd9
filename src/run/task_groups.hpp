// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/session.hpp"

#include <string_view>
#include <vector>

namespace freshet::run {

/// The groups of the execution summary, in its order.
enum class SummaryGroup {
    complete,  ///< already
    done,
    failed,
    scheduling_failed,  ///< nobody could find out whether it is complete
    missing_external,   ///< somebody else's output is not there
    running_elsewhere,  ///< another worker was still running it
    not_ready,
    failed_dependencies,
    scheduling_failed_dependencies,
    missing_dependencies,
    running_elsewhere_dependencies,
    not_run,  ///< kept from starting by none of these
};

struct GroupLabel {
    SummaryGroup group;
    std::string_view text;
    bool is_pending;  ///< belongs to those that were left pending
};

/// One row for each group, in order.
const std::vector<GroupLabel>& group_labels();

/// The group of each task: for what did not start, found by following what it requires.
std::vector<SummaryGroup> groups_of(const std::vector<TaskResult>& tasks);

}  // namespace freshet::run
