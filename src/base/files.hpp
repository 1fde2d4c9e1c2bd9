// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// No room is left on a disk: the same may succeed once somebody has made some.
class DiskFullError : public TransientError {
public:
    using TransientError::TransientError;
};

/// Throws Error "doing 'what': reason" for that errno; a DiskFullError where the reason is a full disk or quota.
[[noreturn]] void throw_system_error(std::string_view doing, const std::filesystem::path& what, int error);

/// A descriptor that closes itself.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept;
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor();

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    int release();

private:
    int fd_ = -1;
};

// Each throws Error, naming what was being done to which path and the system's reason.

/// open(2), closed on exec; a file made by it has mode 0666 & ~umask.
FileDescriptor open_file(const std::filesystem::path& path, int flags);
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
std::string read_file(const std::filesystem::path& path);
/// Creates missing parents, writes beside `path`, syncs, renames into place, syncs the folder: whole or absent.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);
/// Creates missing parents too, each synced into its own, so that what is synced inside cannot get lost with them.
void create_folders(const std::filesystem::path& path);
/// The regular files in a folder and the folders below it, relative to it and sorted. Links are not followed.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);
/// fsync of a file, or of a folder with everything in it.
void sync_tree(const std::filesystem::path& path);
/// fsync of one file or folder, so that what was renamed in a folder stays renamed.
void sync_path(const std::filesystem::path& path);
/// True when `path` lies on a filesystem shared over a network (NFS, SMB, Lustre, ...), where SQLite's WAL corrupts.
bool is_on_network_filesystem(const std::filesystem::path& path);
/// Removes a file or a folder with everything in it; nothing there is fine.
void remove_tree(const std::filesystem::path& path);
/// The text of errno, like "No space left on device".
std::string system_error_text(int error);

}  // namespace freshet
