// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freshet::target {

/// Gives a file, or a folder and all in it, at least the permissions that a plainly created one has (0666 & ~umask;
/// folders 0777 & ~umask): libraries that make private files must not hide what is published.
void apply_umask(const std::filesystem::path& path);

}  // namespace freshet::target
