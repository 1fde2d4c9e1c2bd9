// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace freshet::process {

/// If this process is the first of a container (PID 1), goes on in a child. The process itself becomes its init: it
/// reaps orphans, forwards the signals that others send, and exits as the child does, with 128 + the signal's number
/// if a signal ended it; it calls `prepare_init` first. Call before starting a thread and before opening anything.
void run_below_init(const std::function<void()>& prepare_init = [] {});

}  // namespace freshet::process
