// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/html.hpp"
#include "dashboard/task_snapshot.hpp"

namespace freshet::dashboard {

/// Renders the changes that an operator can make to a task in its state: each says what it will do before its button
/// can be pressed. Empty if there are none. Every change is an RPC of the scheduler, in the audit log.
Html task_actions(const TaskSnapshot& task);

}  // namespace freshet::dashboard
