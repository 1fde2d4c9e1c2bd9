// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "source/known_roots.hpp"

#include "freshet/clock.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// A place where GFS files are: a public root, or a mirror or folder of which nothing is known but where it is.
struct Root {
    std::string name;     ///< what the user calls it
    std::string address;  ///< URL or folder
    const KnownRoot* known = nullptr;

    bool is_folder() const { return !address.starts_with("http://") && !address.starts_with("https://"); }
    /// "nomads.ncep.noaa.gov"; empty for a folder.
    std::string host() const;
    std::span<const std::string_view> layouts() const { return known == nullptr ? all_layouts : known->layouts; }
};

/// The root with that name or address; one of which nothing else is known where it is none of the public ones.
Root root_at(std::string_view name_or_address);

/// Roots in order of preference from "aws,gcs,/data/mirror": names, URLs and folders, in any mixture. Throws
/// ParameterError for a word that is none of them.
std::vector<Root> parse_roots(std::string_view text);

/// Whether a root is the first that is asked, or one for what the first lacks.
enum class Place { preferred, fallback };

/// Why a root is not asked for a cycle, as a part of a sentence; empty when it is.
std::string why_not_kept(const Root& root, Place place, Cycle cycle, freshet::Time now);

}  // namespace gfs
