// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/fitting_name.hpp"

#include "freshet/digest.hpp"

#include <fmt/format.h>

namespace freshet {

std::string fitting_name(std::string_view file_name, std::size_t max) {
    if (file_name.size() <= max) return std::string(file_name);
    const std::string digest = sha256(file_name).substr(0, 16);
    std::size_t kept = max - digest.size() - 1;
    while (kept > 0 && (static_cast<unsigned char>(file_name[kept]) & 0xc0U) == 0x80U) --kept;  // whole characters
    return fmt::format("{}~{}", file_name.substr(0, kept), digest);
}

}  // namespace freshet
