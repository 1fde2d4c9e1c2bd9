// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/product_layout.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace gfs {

/// What is known of a public mirror of GFS.
struct KnownMirror {
    std::string_view name;
    std::string_view address;
    std::chrono::sys_days first_day{};       ///< the first day it holds
    std::chrono::hours retention{0};         ///< cycles younger than this; zero: it is an archive
    std::chrono::hours max_fallback_age{0};  ///< asked after other mirrors for cycles younger than this; zero: for all
    int requests_per_minute = 0;             ///< more are never sent to its host; zero: as many as wanted
    std::chrono::seconds settle_time{5};     ///< a file younger than this may still be written
    std::uint64_t index_request_size = 4'000'000;  ///< bytes of a request while an inventory is made from a file itself
    std::span<const std::string_view> layouts = all_layouts;  ///< in the order in which they are tried
};

/// Every public mirror.
std::span<const KnownMirror> known_mirrors();

/// By its name or its address, with or without the last slash; nullptr when it is none of them.
const KnownMirror* find_known_mirror(std::string_view name_or_address);

}  // namespace gfs
