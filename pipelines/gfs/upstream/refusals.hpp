// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gfs {

/// What each mirror said when none gave a file.
class CombinedErrors {
public:
    void add(const std::string& mirror, const freshet::TransientError& error);

    /// One sentence about `what` that says what each mirror answered. A single mirror's answer stays as it is.
    freshet::TransientError combined(const std::string& what) const;

private:
    std::vector<std::pair<std::string, freshet::TransientError>> errors_;
};

}  // namespace gfs
