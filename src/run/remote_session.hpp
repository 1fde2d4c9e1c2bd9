// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/worker_host.hpp"

namespace freshet::run {

/// A run whose scheduler, a freshetd or a luigid, is elsewhere. It keeps no state of its own, but for a queue of events
/// where a luigid does not take them. Throws worker::UnavailableError when the scheduler cannot be used.
SessionResult run_remotely(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                           const SessionParts& parts);

}  // namespace freshet::run
