// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace gfs {

/// Puts a text in place of a file's, on the disk too: whoever reads it finds the old text or the new one. For files
/// that are nobody's output; two who replace the same one at the same time must hold a lock. Throws Error.
void atomic_write(const std::filesystem::path& path, std::string_view text);

}  // namespace gfs
