// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

// Renames of a file or folder within one folder. Throw Error naming the target.
namespace freshet {

enum class RenameResult { renamed, exists };

/// Renames `from` to `to` unless `to` exists; nothing changes then.
RenameResult rename_noreplace(const std::filesystem::path& from, const std::filesystem::path& to);

/// rename_noreplace() for filesystems without RENAME_NOREPLACE. Atomic for files where hard links are supported; for
/// folders and elsewhere the caller must hold a lock.
RenameResult rename_noreplace_portable(const std::filesystem::path& from, const std::filesystem::path& to);

/// Renames `from` to `to`, replacing a file or a folder with its content.
void rename_replace(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace freshet
