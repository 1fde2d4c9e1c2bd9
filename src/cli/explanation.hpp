// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/known_task.hpp"
#include "store/history.hpp"

#include <string>

namespace freshet::run {

/// Where an explanation finds its facts.
struct ExplanationSources {
    const Registry& registry;
    store::History* history;  ///< null: nothing has been kept yet
    Time now;
};

/// Why a task ran, did not run, or waits: one sentence, with the fact behind it.
std::string explain(const TaskLookup& lookup, const ExplanationSources& sources);

}  // namespace freshet::run
