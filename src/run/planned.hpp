// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/plan.hpp"

#include <string>

namespace freshet::run {

/// Why the task of this node would run, waits or need not: the fact, in words.
std::string reason_of(const worker::Node& node);

/// Of a node that is not complete: whether a run would start it once its turn has come.
bool would_run(const worker::Node& node);

}  // namespace freshet::run
