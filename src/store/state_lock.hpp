// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/clock.hpp"
#include "freshet/error.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::store {

/// The process that holds the lock of a state.
struct LockHolder {
    std::string host;
    std::int64_t pid = 0;
    Time since{};
    std::string command;        ///< the command, as a person would type it
    bool is_sharing = false;    ///< serves the scheduler of the state to other runs, at socket_path()
    bool is_momentary = false;  ///< needs the state for a moment only, and serves nobody

    friend bool operator==(const LockHolder&, const LockHolder&) = default;
};

/// This process, with its host and pid.
LockHolder this_process(std::string command, Time since);

/// Use of a state's scheduler by other runs than its holder.
enum class LockMode {
    unknown,    ///< it has not said yet who it is, or its lock file was deleted
    exclusive,  ///< it does not
    shared,     ///< it does, at socket_path()
    momentary,  ///< it holds the state for a moment: worth waiting for
};

/// Somebody else works on the state; the message names them.
class LockedError : public StoreError {
public:
    explicit LockedError(const std::string& message, LockMode mode = LockMode::unknown)
        : StoreError(message), mode_(mode) {}

    LockMode mode() const { return mode_; }

private:
    LockMode mode_;
};

/// The file whose lock is that of the state.
std::filesystem::path lock_path(const std::filesystem::path& state);

/// The unix socket at which the holder of a state serves it to other runs.
std::filesystem::path socket_path(const std::filesystem::path& state);

struct LockOptions {
    /// Where SQLite's log would corrupt; replaced where no network filesystem is at hand.
    bool (*is_shared)(const std::filesystem::path&) = is_on_network_filesystem;
};

/// The place of a state, held against all who would write to it; whether there is one is another matter.
struct StateLock {
    std::filesystem::path file;  ///< one name, however many lead there
    FileLock lock;
    std::optional<FileLock> file_lock{};  ///< of the file itself, if there is one: the other may be deleted
};

/// Throws LockedError when somebody else holds it, StoreError when it is on a network filesystem.
StateLock acquire_state_lock(const std::filesystem::path& path, const LockHolder& holder,
                             const LockOptions& options = {});

/// Creates a missing file for its owner alone; one that is there keeps its mode, which is its owner's choice. Reports
/// no error: whoever opens the file next does. Opens no existing file: closing it would release SQLite's locks.
void create_private(const std::filesystem::path& path);

/// Locks the state file itself, too, and makes it when missing. Throws LockedError.
void lock_file(StateLock& state);

/// Tells others who holds the state.
void announce(StateLock& lock, const LockHolder& holder);

/// Returns false when no process holds the state; true also where that cannot be found out. Call it before the state is
/// opened to read.
bool is_in_use(const std::filesystem::path& path);

/// Held by a run on the state that it uses, for as long as its process lives: the kernel releases it, whatever ends the
/// process. A lock on one byte of the state's lock file, for each run another one, so that all runs hold theirs at
/// once.
class LivenessLock {
public:
    /// Throws StoreError when the lock file cannot be used.
    LivenessLock(const std::filesystem::path& state, std::string_view run_id);

private:
    FileDescriptor file_;
};

/// Returns whether the process of that run lives; true also where that cannot be found out, as without a lock file.
bool is_alive(const std::filesystem::path& state, std::string_view run_id);

}  // namespace freshet::store
