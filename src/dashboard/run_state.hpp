// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/components.hpp"
#include "dashboard/grid.hpp"
#include "dashboard/snapshot.hpp"

#include <string_view>

namespace freshet::dashboard {

/// A state in a word or two, as on its badge. A run whose root waits is BLOCKED by a failure, RUNNING, NOT READY (a
/// source is missing) or WAITING; UNFINISHED if it ended before that.
struct StateLabel {
    Severity severity = Severity::neutral;
    std::string_view text{};
};

/// The state of a whole run: that of its root, unless that waits for something that says more.
StateLabel state_of(const Run& run);
/// The state of one of the family's last runs, as far as its tasks were counted.
StateLabel state_of(const RunBlock& block, const FamilyRuns& family);
StateLabel state_of(const GridRun& run);

}  // namespace freshet::dashboard
