// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"

#include "freshet/clock.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace gfs::mirror {

/// A file of a cycle: what its place in the layout and its time follow from.
struct Slot {
    Cycle cycle{};
    std::string product = "pgrb2.0p25";
    int lead = 0;
    int revision = 1;  ///< counts the times it was published
};

/// When NCEP would have published it, as far as a rule of thumb can tell: the same for the same slot, so that what is
/// made from a mirror's files is too.
freshet::Time publication_time(const Slot& slot);

/// Puts GRIB bytes and their inventory into the layout below `folder`.
void put(const std::filesystem::path& folder, const Slot& slot, std::string_view grib);

/// The same with a file from elsewhere. Throws Error when it is not whole GRIB2 throughout.
void add(const std::filesystem::path& folder, const Slot& slot, const std::filesystem::path& file);

}  // namespace gfs::mirror
