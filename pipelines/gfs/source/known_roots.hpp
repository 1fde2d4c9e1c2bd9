// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source/layout.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace gfs {

/// What is known of a public root of GFS.
struct KnownRoot {
    std::string_view name;
    std::string_view address;
    std::chrono::sys_days since{};          ///< the first day it holds
    std::chrono::hours keeps{0};            ///< cycles younger than this; zero: it is an archive
    std::chrono::hours as_fallback{0};      ///< asked after other roots for cycles younger than this; zero: for all
    int requests_a_minute = 0;              ///< more are never sent to its host; zero: as many as wanted
    std::chrono::seconds settles{5};        ///< a file younger than this may still be written
    std::uint64_t walk_window = 4'000'000;  ///< bytes of a request while an inventory is made from a file itself
    std::span<const std::string_view> layouts = all_layouts;  ///< in the order in which they are tried
};

/// Every public root.
std::span<const KnownRoot> known_roots();

/// By its name or its address, with or without the last slash; nullptr when it is none of them.
const KnownRoot* find_known_root(std::string_view name_or_address);

}  // namespace gfs
