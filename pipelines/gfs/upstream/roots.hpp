// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "upstream/mirrors.hpp"

#include "freshet/clock.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// A place where GFS files are: a public mirror, or another server or a folder of which nothing is known but where it
/// is.
struct Mirror {
    std::string name;     ///< what the user calls it
    std::string address;  ///< URL or folder
    const KnownMirror* known = nullptr;

    bool is_folder() const { return !address.starts_with("http://") && !address.starts_with("https://"); }
    /// "nomads.ncep.noaa.gov"; empty for a folder.
    std::string host() const;
    std::span<const std::string_view> layouts() const { return known == nullptr ? all_layouts : known->layouts; }
};

/// The mirror with that name or address; one of which nothing else is known where it is none of the public ones.
Mirror mirror_at(std::string_view name_or_address);

/// Mirrors in order of preference from "aws,gcs,/data/mirror": names, URLs and folders, in any mixture. Throws
/// ParameterError for a word that is none of them.
std::vector<Mirror> parse_mirrors(std::string_view text);

/// Whether a mirror is the first that is asked, or one for what the first lacks.
enum class MirrorRole { preferred, fallback };

/// Why a mirror is not asked for a cycle, as a part of a sentence; empty when it is.
std::string unavailable_reason(const Mirror& mirror, MirrorRole role, Cycle cycle, freshet::Time now);

}  // namespace gfs
