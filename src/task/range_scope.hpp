// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

#include <functional>

namespace freshet::detail {

/// Lets the ranges that skip complete tasks require, on this thread during the scope's lifetime, those complete ones as
/// well that `runs_again`. Thread-local because requirements() has no argument.
class RangeScope {
public:
    using RunsAgain = std::function<bool(const AnyTask&)>;

    /// The argument outlives the scope.
    explicit RangeScope(const RunsAgain& runs_again);
    ~RangeScope();
    RangeScope(const RangeScope&) = delete;
    RangeScope& operator=(const RangeScope&) = delete;

private:
    const RunsAgain* outer_;
};

}  // namespace freshet::detail
