// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/file.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

// Each throws Error, naming what was being done to which path and the system's reason.

/// open(2) with O_CLOEXEC; a file that it creates has mode `mode` & ~umask.
FileDescriptor open_file(const std::filesystem::path& path, int flags, unsigned mode = 0666);
/// Whether there is something at `path`; of a link, at its end. One stat(2).
bool exists_at(const std::filesystem::path& path);
/// Whether something has that name, be it a link that leads nowhere. One lstat(2).
bool lexists(const std::filesystem::path& path);
/// False also for what cannot be looked at: what is then done to it says why.
bool is_folder(const std::filesystem::path& path);
/// read(2) that goes on after signals; 0 at the end. `path` is for the message.
std::size_t read_some(const FileDescriptor& file, char* buffer, std::size_t size, const std::filesystem::path& path);
/// write(2) until all is written. `path` is for the message.
void write_all(const FileDescriptor& file, std::string_view bytes, const std::filesystem::path& path);
/// The regular files in a folder and the folders below it, relative to it and sorted. Links are not followed.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);
/// fsync of a file, or of a folder with everything in it.
void sync_tree(const std::filesystem::path& path);
/// True when `path` lies on a filesystem shared over a network (NFS, SMB, Lustre, ...), where SQLite's WAL corrupts.
bool is_on_network_filesystem(const std::filesystem::path& path);
/// Removes a file or a folder with everything in it; nothing there is fine.
void remove_tree(const std::filesystem::path& path);
/// The text of errno, like "No space left on device".
std::string system_error_text(int error);

}  // namespace freshet
