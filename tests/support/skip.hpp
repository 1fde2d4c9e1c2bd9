// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace freshet::test {

/// Says that the present test cannot run here, and why; the test then returns. CTest counts it as skipped, unless
/// something in it has failed.
void skip(std::string_view reason);

}  // namespace freshet::test
