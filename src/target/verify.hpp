// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/registry.hpp"
#include "freshet/task.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace freshet::target {

/// The difference between an output and its receipt.
struct Finding {
    enum class Kind {
        missing,    ///< published, or listed by a manifest, and not there
        changed,    ///< other bytes than were published
        stale,      ///< made from an input that is another one now
        unchecked,  ///< there is nothing to compare it with
    };
    Kind kind;
    std::string subject;  ///< the task that makes the output, or the output that lists it
    std::string text;     ///< one sentence
};

struct Verification {
    std::size_t published = 0;  ///< outputs with a receipt
    std::size_t intact = 0;     ///< those without a finding
    std::size_t absent = 0;     ///< outputs without a receipt that are not there: never made, or removed with it
    std::vector<Finding> findings{};
};

/// Compares all outputs of `tasks`, and all from which they were made according to their receipts, with their receipts,
/// reading every byte. The families in `registry` say which are manifests, and whose staleness is ignored.
Verification verify(const std::vector<AnyTask>& tasks, const Registry& registry);

}  // namespace freshet::target
