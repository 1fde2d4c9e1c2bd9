// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace freshet::test {

/// Random requests, and each answer to get_work compared with the slow scheduler's. Fails the test at the first
/// difference, naming seed and step.
void compare_with_reference(std::uint64_t seed, int steps);

}  // namespace freshet::test
