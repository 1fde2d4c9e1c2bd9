// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/registry.hpp"
#include "worker/messages.hpp"
#include "worker/worker_context.hpp"

namespace freshet::worker {

class Reconciler;

/// Moves the outputs of the tasks aside, brings them into the plan if they are not in it, and registers them, so that
/// they run again. What cannot run again is told to the observer, and then nothing is moved.
void rerun(const RerunTasks& request, const Registry& registry, const WorkerContext& context, Reconciler& reconciler);

}  // namespace freshet::worker
