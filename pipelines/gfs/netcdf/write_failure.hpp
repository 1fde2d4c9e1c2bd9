// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace gfs {

/// Why HDF5 could not write: it keeps the system's reason to itself, so the system is asked again by adding to the
/// file, which is lost anyway. "No space left on device", or `fallback` when the system has nothing against it.
std::string write_error_reason(const std::filesystem::path& path, const std::string& fallback);

}  // namespace gfs
