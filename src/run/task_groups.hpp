// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/session.hpp"

#include <string_view>
#include <vector>

namespace freshet::run {

/// The groups of the execution summary, in its order.
enum class Group {
    complete,  ///< already
    ran,
    failed,
    unknown,           ///< nobody could find out whether it is complete
    missing_external,  ///< somebody else's output is not there
    elsewhere,         ///< another worker was still running it
    not_there_yet,
    failed_dependencies,
    unknown_dependencies,
    missing_dependencies,
    elsewhere_dependencies,
    not_granted,  ///< kept from starting by none of these
};

struct GroupWords {
    Group group;
    std::string_view words;
    bool is_pending;  ///< belongs to those that were left pending
};

/// One row for each group, in order.
const std::vector<GroupWords>& group_words();

/// The group of each task: for what did not start, found by following what it requires.
std::vector<Group> groups_of(const std::vector<TaskReport>& tasks);

}  // namespace freshet::run
