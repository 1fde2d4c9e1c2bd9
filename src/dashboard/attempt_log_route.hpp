// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "store/attempt_log_store.hpp"

namespace freshet::dashboard {

/// Returns POST /api/v1/task/<id>/log?attempt=N&run=ID&position=P, with which a worker sends the next part of a log as
/// it is. 503 while too much waits to be written. `logs` outlives the route.
api::Route attempt_log_route(store::AttemptLogStore& logs);

}  // namespace freshet::dashboard
