// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/state_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace freshet::store {

/// What stands in a state, as far as people count it.
struct StateSummary {
    int version = 0;  ///< of the schema
    std::int64_t tasks = 0;
    std::int64_t workers = 0;
    std::int64_t attempts = 0;
    std::int64_t events = 0;
};

/// Reads all of a state, beside whoever writes to it. Throws StoreError when it is damaged, or none of ours.
StateSummary check_state(const std::filesystem::path& state);

/// Copies a state as it is at one moment, beside whoever writes to it and without holding them up. The copy is one
/// file, checked and synced before it gets its name: whole or absent. Throws StoreError when there is something of that
/// name.
StateSummary back_up_state(const std::filesystem::path& state, const std::filesystem::path& copy);

/// What came of a restoration.
struct RestoreResult {
    StateSummary summary{};
    std::optional<std::filesystem::path> replaced{};  ///< the folder where what was there is now; none: nothing was
};

/// Puts a copy in the place of a state that nobody works on. The copy is checked first, what was there is kept in a
/// folder beside it, and at every moment one of the two is at that place. Throws LockedError when somebody works on the
/// state, StoreError when the copy is damaged, or when root would do it in the folder of another user.
RestoreResult restore_state(const std::filesystem::path& copy, const std::filesystem::path& state,
                            const LockHolder& holder);

}  // namespace freshet::store
