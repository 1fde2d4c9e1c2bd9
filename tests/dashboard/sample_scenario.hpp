// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_harness.hpp"

namespace freshet::test {

/// Returns the scheduler of a weather pipeline: one cycle is done, one in progress, with a broken file, a file that is
/// not ready and one that is being converted.
SchedulerHarness sample_scenario();

}  // namespace freshet::test
