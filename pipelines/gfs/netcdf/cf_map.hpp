// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace gfs {

/// The text of cf_map.csv, built in by CMake.
extern const char* const cf_map;

}  // namespace gfs
