// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/state_file.hpp"

#include <cstdint>
#include <filesystem>

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

/// Copies a state as it is at one moment, beside whoever writes to it and without holding them up. The copy is one file,
/// checked and synced before it gets its name: whole or absent. Throws StoreError when there is something of that name.
StateSummary back_up_state(const std::filesystem::path& state, const std::filesystem::path& copy);

/// Puts a copy in the place of a state that nobody works on: the copy is checked first, and what was there goes into the
/// folder `<state>.replaced`. Done by root, the state belongs to whom its folder belongs. Throws OwnedError when somebody
/// works on the state, StoreError when the copy is damaged or that folder is there already: then all is as it was.
StateSummary restore_state(const std::filesystem::path& copy, const std::filesystem::path& state, const Owner& owner);

/// Where restore_state() puts what it replaces.
std::filesystem::path replaced_states(std::filesystem::path state);

}  // namespace freshet::store
