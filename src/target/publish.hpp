// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/staging.hpp"

#include <vector>

namespace freshet::target {

enum class PublishResult {
    published,
    superseded,  ///< another attempt completed the task before; what was staged is gone
};

/// Puts the outputs of one attempt in place, receipts first, so that they survive a power cut; the last rename
/// completes the task. Only for the worker that holds the task's lease. Whatever happens, nothing stays staged: on
/// Error some outputs may be in place, but not all, and the task is to be run again.
PublishResult publish(const std::vector<StagedOutput>& outputs);

}  // namespace freshet::target
