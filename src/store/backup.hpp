// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/state_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

// Check, backup and restore of a whole state. Each reads every page, so its time grows with the file. Backup and
// restore throw DiskFullError where there is no room.
namespace freshet::store {

/// Row counts of a state.
struct StateSummary {
    int version = 0;  ///< schema version
    std::int64_t tasks = 0;
    std::int64_t workers = 0;
    std::int64_t attempts = 0;
    std::int64_t events = 0;     ///< in the outbox, delivered ones included
    bool has_checksums = false;  ///< false: an older version wrote it, and a flipped bit may go unnoticed
};

/// Checks a whole state while others may write to it. Throws DamagedStateError, which names the damaged records, or
/// tells how many acknowledged changes are missing; StoreError when it is missing, empty, or not a state of this
/// version of Freshet or an earlier one.
StateSummary check_state(const std::filesystem::path& state);

/// Copies a consistent snapshot of a state without blocking its writer. The copy is one file, checked and synced before
/// it gets its name: whole or absent. It has the permissions of the state, and its folder must exist. Throws StoreError
/// when `copy` exists, and as check_state().
StateSummary back_up_state(const std::filesystem::path& state, const std::filesystem::path& copy);

/// The result of a restore.
struct RestoreResult {
    StateSummary summary{};
    std::optional<std::filesystem::path> replaced{};  ///< folder with the replaced state, never removed; nullopt: none
};

/// Restores a copy over a state that no process uses. Checks the copy first and keeps the replaced state in a folder
/// beside it ("<state>.replaced", "<state>.replaced-2", ...); one of the two is in place at every moment. Throws
/// LockedError when the state is in use, StoreError when the copy is damaged, or when root would write into another
/// user's folder.
RestoreResult restore_state(const std::filesystem::path& copy, const std::filesystem::path& state,
                            const LockHolder& holder);

}  // namespace freshet::store
