// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gfs {

/// What each root said when none gave a file.
class Refusals {
public:
    void add(const std::string& root, const freshet::TransientError& error);

    /// One sentence about `what` that says what each root answered. A single root's answer stays as it is.
    freshet::TransientError together(const std::string& what) const;

private:
    std::vector<std::pair<std::string, freshet::TransientError>> refusals_;
};

}  // namespace gfs
