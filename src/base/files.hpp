// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/file.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

// Each throws Error, naming the operation, the path and the system's reason; DiskFullError where no room is left. All
// are thread-safe. Only the functions named sync make anything durable.

/// open(2) with O_CLOEXEC, restarted after signals; a file that it creates has mode `mode` & ~umask.
FileDescriptor open_file(const std::filesystem::path& path, int flags, unsigned mode = 0666);
/// The same; none where the path, or with O_CREAT its folder, does not exist, or is no folder where one is wanted.
FileDescriptor open_if_exists(const std::filesystem::path& path, int flags, unsigned mode = 0666);
/// True when stat(2) finds something at `path`; follows links. Throws where that is unknown, as in a folder without
/// permission.
bool exists_at(const std::filesystem::path& path);
/// True when lstat(2) finds something at `path`, dangling links included.
bool lexists(const std::filesystem::path& path);
/// True for a folder; false also when `path` cannot be examined.
bool is_folder(const std::filesystem::path& path);
/// read(2), restarted after signals; returns 0 at the end. `path` is for the message.
std::size_t read_some(const FileDescriptor& file, char* buffer, std::size_t size, const std::filesystem::path& path);
/// read(2) until the end. `path` is for the message.
std::string read_to_end(const FileDescriptor& file, const std::filesystem::path& path);
/// write(2) until all is written; after an error some may be. `path` is for the message.
void write_all(const FileDescriptor& file, std::string_view bytes, const std::filesystem::path& path);
/// Lists the regular files below a folder, relative to it and sorted. Follows no links below it. Throws when the folder
/// is missing.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);
/// fsync(2) of an open file or folder. `path` is for the message.
void sync_file(const FileDescriptor& file, const std::filesystem::path& path);
/// fsync(2) of a file, or of a folder and all files and folders below it. The name of `path` itself becomes durable
/// only with sync_path() of its parent.
void sync_tree(const std::filesystem::path& path);
/// True when `path`, or its nearest parent that exists, lies on a network filesystem (NFS, SMB, Lustre, ...), where
/// SQLite's WAL corrupts.
bool is_on_network_filesystem(const std::filesystem::path& path);
/// Removes a file, a link (not its target) or a folder with its content; a missing one is not an error. A failure may
/// leave part of the content.
void remove_tree(const std::filesystem::path& path);
/// The text of an errno value, like "No space left on device".
std::string system_error_text(int error);

/// Adds the permissions that a new file gets (0666 & ~umask; folders 0777 & ~umask) to a file, or a folder and its
/// content, because libraries may create private files. Removes no permissions and skips links. The umask is read once
/// per process. Returns false where nothing is. Throws std::filesystem::filesystem_error for a folder that cannot be
/// listed.
bool apply_umask(const std::filesystem::path& path);

/// The name of a unix socket for system calls, which take at most 107 bytes: one with a longer path is named through
/// its folder, which is open as long as the object lives.
class SocketPath {
public:
    /// Throws Error when the folder of a long path cannot be opened, or the file name itself is too long for
    /// `operation`, as in "listen on".
    SocketPath(std::string_view operation, const std::filesystem::path& file);

    const std::string& name() const { return name_; }
    /// True when the name means the socket only while the object lives.
    bool is_temporary() const { return static_cast<bool>(folder_); }

private:
    FileDescriptor folder_;
    std::string name_;
};

/// The file name if it has at most `max` bytes, otherwise its beginning and a digest that tells it from others. For
/// names that are made from others: with a prefix and a suffix they must not exceed NAME_MAX.
std::string fitting_name(std::string_view file_name, std::size_t max);

}  // namespace freshet
