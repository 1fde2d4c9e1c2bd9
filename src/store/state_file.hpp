// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace freshet::store {

/// The process that holds the lock of a state.
struct LockHolder {
    std::string host;
    std::int64_t pid = 0;
    Time since{};
    std::string command;  ///< the command, as a person would type it

    friend bool operator==(const LockHolder&, const LockHolder&) = default;
};

/// This process, with its host and pid.
LockHolder this_process(std::string command, Time since);

/// Somebody else works on the state; the message names them.
class LockedError : public StoreError {
public:
    using StoreError::StoreError;
};

struct LockOptions {
    /// Where SQLite's log would corrupt; replaced where no network filesystem is at hand.
    bool (*is_shared)(const std::filesystem::path&) = is_on_network_filesystem;
};

/// The place of a state, held against all who would write to it; whether there is one is another matter.
struct StateLock {
    std::filesystem::path file;  ///< one name, however many lead there
    FileLock lock;
};

/// Throws LockedError when somebody else holds it, StoreError when it is on a network filesystem.
StateLock acquire_state_lock(const std::filesystem::path& path, const LockHolder& holder,
                             const LockOptions& options = {});

/// The SQLite file in which a scheduler keeps what it must not forget. Belongs to one thread; what uses its database
/// must not outlive it.
class StateFile {
public:
    /// Opens the state to write to it, making it when missing, and holds it until destruction. Throws LockedError when
    /// somebody else does, StoreError when the file is damaged, foreign, newer than we are, or on a network filesystem.
    static StateFile open_exclusive(const std::filesystem::path& path, const LockHolder& holder,
                                    const LockOptions& options = {});
    /// Opens it to read, beside whoever writes. Throws StoreError when there is none.
    static StateFile open_read_only(const std::filesystem::path& path);
    /// A state that is forgotten at the end.
    static StateFile in_memory();

    StateFile(StateFile&& other) noexcept;
    StateFile& operator=(StateFile&&) = delete;
    ~StateFile();

    Database& database() { return database_; }
    /// For a program that must answer all the time: commits no longer wait for megabytes to be copied. It starts a
    /// thread, so that the program must not fork from then on.
    void checkpoint_in_background() { database_.checkpoint_in_background(); }
    /// Begins a change: nothing of it is kept without its commit().
    Transaction begin();
    /// Brings what was committed for a crash only to the disk, too: to be called within a second of such a commit.
    void sync() { database_.sync(); }

private:
    StateFile(std::optional<FileLock> lock, Database database)
        : lock_(std::move(lock)), database_(std::move(database)) {}
    void set_dirty_flag(bool open);

    std::optional<FileLock> lock_;  // released after the database is closed
    Database database_;
    bool is_dirty_ = false;
};

}  // namespace freshet::store
