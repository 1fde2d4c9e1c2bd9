// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A header with faults.
namespace freshet {

struct Unknown {};

/// Says what it is.
struct Known {
    int size = 0;
};

}  // namespace freshet
