// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"
#include "target/receipt.hpp"

#include <vector>

namespace freshet::target {

/// The outputs of `requirements` with what their receipts say of them; of a wrapper, which has none, those of what it
/// requires.
std::vector<Input> lineage_of(std::vector<AnyTask> requirements);

}  // namespace freshet::target
