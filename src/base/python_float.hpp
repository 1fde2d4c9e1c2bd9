// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace freshet {

/// The number as Python's repr writes it, which is also Luigi's text of a float parameter: the shortest text that
/// reads back the same, "1e+16", "1e-05", "1.0", "inf", "nan".
std::string python_float(double value);

}  // namespace freshet
