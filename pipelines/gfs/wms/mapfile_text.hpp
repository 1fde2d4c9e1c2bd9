// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gfs {

/// As a string of a mapfile.
std::string mapfile_quote(std::string_view text);

}  // namespace gfs
