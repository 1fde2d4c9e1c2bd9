// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace freshet {

/// The file name if it has at most `max` bytes, otherwise its beginning and a digest that tells it from others. For
/// names that are made from others: with a prefix and a suffix they must not exceed NAME_MAX.
std::string fitting_name(std::string_view file_name, std::size_t max);

}  // namespace freshet
