// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"
#include "freshet/task.hpp"

#include <vector>

namespace freshet::worker {

/// The events that a complete task announced when it ran, with the ids they had then: from its outputs' receipts.
std::vector<Event> receipt_events(const AnyTask& task);

}  // namespace freshet::worker
