// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/known_task.hpp"
#include "store/history.hpp"

#include <string>

namespace freshet::run {

/// Why a task ran, did not run, or waits: one sentence, with the fact behind it. `history` may be null.
std::string explain(const KnownTask& known, store::History* history);

}  // namespace freshet::run
