// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/task.hpp"

#include <string>
#include <vector>

namespace freshet::worker {

/// An output that is there, of a task that is to be run again.
struct PublishedOutput {
    AnyTask task;
    AnyTarget output;
};

/// Finds the outputs that are there of tasks that are to be run again, in their order. Throws ParameterError, naming a
/// task that would not run again: an external one, one without an output that can be moved, or when all are wrappers.
std::vector<PublishedOutput> published_outputs(const std::vector<AnyTask>& tasks);

/// Moves an output aside, so that its task is not complete: a file with its receipt into `.freshet/invalidated/TIME/`,
/// others as they retire. Returns the output and where it was moved to, for people.
std::string invalidate(const PublishedOutput& published, Time now);

}  // namespace freshet::worker
