// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace gfs {

/// Without blanks at its ends.
std::string_view trimmed(std::string_view text);

/// The parts between separators, each without blanks at its ends; one empty part of an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace gfs
