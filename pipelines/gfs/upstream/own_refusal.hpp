// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

namespace gfs {

/// Decided here, by our own rules: it says nothing of how the mirror does.
class SkippedMirror : public freshet::TransientError {
public:
    using TransientError::TransientError;
};

}  // namespace gfs
