// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace freshet {

/// A file system, by the folder for which it was found.
struct Disk {
    std::filesystem::path folder{};
    std::uintmax_t free = 0;  ///< bytes, for this user
};

/// With less room than this, in bytes, the disk of a state is nearly full.
inline constexpr std::uintmax_t default_min_free = 100'000'000;

/// The file system of the folder; nothing if it cannot be asked.
std::optional<Disk> disk_of(const std::filesystem::path& folder);

/// Returns "the disk of /var/lib/freshet".
std::string name_of(const Disk& disk);
/// Says what a disk of a state that is nearly full has; continues a sentence that begins with its name.
std::string describe_shortage(const Disk& disk);

}  // namespace freshet
