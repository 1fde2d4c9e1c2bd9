// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/worker_host.hpp"
#include "store/state_file.hpp"

namespace freshet::run {

/// A run with the scheduler in this process, after it has got hold of the state.
SessionResult run_locally(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                          const SessionParts& parts, store::StateFile& state);

}  // namespace freshet::run
