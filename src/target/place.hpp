// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

// Putting a file or folder into its place in the same folder, at one stroke.
namespace freshet::target {

enum class Placed { yes, taken };

/// Renames `from` to `to` unless something is there; "taken" then, with nothing changed.
Placed place_if_free(const std::filesystem::path& from, const std::filesystem::path& to);

/// The same for filesystems that cannot rename so. For a folder, or where there are no hard links, the caller must keep
/// others from placing at the same time.
Placed place_if_free_portably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Renames `from` to `to`, whatever is there.
void replace(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace freshet::target
