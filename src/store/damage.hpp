// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::store {

/// Damage of a state.
struct Damage {
    std::string finding;                 ///< "page 17 differs from its checksum"
    std::vector<std::string> records{};  ///< those that cannot be read: "task 'Load_5f2c'"

    /// The finding and the records, of which the first few.
    std::string summary() const;
    /// The finding and all records.
    std::string text() const;
};

/// Reads a whole state, beside its writer if there is one; nullopt when it is intact.
std::optional<Damage> find_damage(const std::filesystem::path& state);

}  // namespace freshet::store
