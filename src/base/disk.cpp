// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/disk.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <system_error>

namespace freshet {

std::optional<Disk> disk_of(const std::filesystem::path& folder) {
    std::error_code unknown;
    const auto space = std::filesystem::space(folder, unknown);
    if (unknown) return std::nullopt;
    return Disk{.folder = folder, .free = space.available};
}

std::string name_of(const Disk& disk) { return fmt::format("the disk of {}", disk.folder.string()); }

std::string describe_shortage(const Disk& disk) {
    return fmt::format("has only {} free, and without room nothing can be recorded",
                       readable_bytes(static_cast<double>(disk.free)));
}

}  // namespace freshet
