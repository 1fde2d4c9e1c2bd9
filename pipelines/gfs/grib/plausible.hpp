// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace gfs {

/// Notices a decoder that errs: throws freshet::Error where a value is no number, or where not as many are `missing` as
/// the message's bitmap says.
void check_decoded_values(const std::vector<unsigned char>& message, std::span<const float> values, float missing);

}  // namespace gfs
