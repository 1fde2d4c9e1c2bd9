// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

// Durable files and locks. All functions throw Error, or DiskFullError, naming the operation, the path and the reason.
namespace freshet {

/// Throws Error "<operation> '<path>': <text of the errno value>"; DiskFullError for ENOSPC and EDQUOT.
[[noreturn]] void throw_system_error(std::string_view operation, const std::filesystem::path& path, int error);

/// Owns a file descriptor and closes it.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept;
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor();

    /// The descriptor; -1: none.
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    /// Returns the descriptor, which the caller closes.
    int release();

private:
    int fd_ = -1;
};

/// The whole content of a file. Throws Error when it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Creates missing folders, writes a PendingFile and commits it: readers find the old content or the new, also after a
/// power cut.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Appends `line` and a newline under the file's lock, and syncs. Creates the file; ends a torn last line first. The
/// file is unchanged after a failure.
void append_line(const std::filesystem::path& path, std::string_view line);

/// Creates a folder with its missing parents, each synced into its own.
void create_folders(const std::filesystem::path& path);

/// fsync(2) of one file or folder; of a folder, makes the names in it durable.
void sync_path(const std::filesystem::path& path);

/// A temporary file beside its target, which replaces the target at commit(). The destructor removes what was not
/// committed. The name starts with a dot and is unique, so that concurrent writers do not meet.
class PendingFile {
public:
    /// The treatment of a file that is there already.
    enum class Existing { replace, keep };

    /// The target's folder must exist. The umask applies to `mode`.
    explicit PendingFile(std::filesystem::path target, unsigned mode = 0666);
    ~PendingFile();
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    /// For writers that open the file themselves; they must have closed it before commit().
    const std::filesystem::path& temporary() const { return temporary_; }

    /// Writes at the end.
    void append(std::string_view bytes);
    /// Sets the time that the file has once it is in place.
    void set_modification_time(Time time);
    /// Syncs the file, renames it to the target and syncs the folder. Call once. With Existing::keep, throws Error when
    /// the target exists.
    void commit(Existing existing = Existing::replace);

private:
    std::filesystem::path target_;
    std::filesystem::path temporary_;
    FileDescriptor file_;
    bool is_committed_ = false;
};

/// An exclusive flock(2) on a file or folder, against threads and processes of one machine, held until destruction. The
/// kernel releases it when the holder dies.
class FileLock {
public:
    /// Blocks until the lock is free. Creates a missing file, not its folder.
    static FileLock acquire(const std::filesystem::path& path);
    /// nullopt when another holds the lock.
    static std::optional<FileLock> try_acquire(const std::filesystem::path& path);

    /// fsync(2) of the locked file or folder.
    void sync() const;
    /// The content of the locked file.
    std::string read() const;
    /// Overwrites the locked file in place, without syncing: a crash may leave it torn.
    void write(std::string_view content);

private:
    FileLock(FileDescriptor file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}
    FileDescriptor file_;
    std::filesystem::path path_;
};

}  // namespace freshet
