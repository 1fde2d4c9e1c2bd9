// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

// Putting a file or folder into its place in the same folder, at one stroke.
namespace freshet::target {

enum class RenameResult { renamed, exists };

/// Renames `from` to `to` unless something is there; "exists" then, with nothing changed.
RenameResult rename_noreplace(const std::filesystem::path& from, const std::filesystem::path& to);

/// The same for filesystems that cannot rename so. For a folder, or where there are no hard links, the caller must keep
/// others from placing at the same time.
RenameResult rename_noreplace_portable(const std::filesystem::path& from, const std::filesystem::path& to);

/// Renames `from` to `to`, whatever is there.
void rename_replace(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace freshet::target
