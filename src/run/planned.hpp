// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/build.hpp"
#include "worker/plan.hpp"

#include <string>
#include <vector>

namespace freshet::run {

/// Why the task of this node would run, waits or need not: the fact, in words.
std::string reason_of(const worker::Node& node);

/// Of a node that is not complete: whether a run would start it once its turn has come.
bool would_run(const worker::Node& node);

/// Whether everything that was asked for is complete.
bool is_complete(const worker::Plan& plan);

/// Reports on a plan of which nothing is to be run.
std::vector<TaskResult> reports_of_complete(const worker::Plan& plan);

}  // namespace freshet::run
