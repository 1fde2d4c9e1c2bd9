// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "inventory/product_layout.hpp"

#include "freshet/clock.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// The rules of one public mirror for the products of one model.
struct KnownMirror {
    std::string_view name;
    std::string_view address;
    std::string_view model = "GFS";                ///< Product::model
    std::chrono::sys_days first_day{};             ///< the oldest day it holds
    std::chrono::hours retention{0};               ///< maximum age of a cycle; zero: unlimited (an archive)
    std::chrono::hours max_fallback_age{0};        ///< maximum age of a cycle to fall back on it; zero: unlimited
    int requests_per_minute = 0;                   ///< limit for its host; zero: unlimited
    std::chrono::seconds settle_time{5};           ///< a younger file may still be growing
    std::uint64_t index_request_size = 4'000'000;  ///< bytes a request while a file is indexed from its own content
    std::span<const std::string_view> layouts = all_layouts;  ///< in the order in which they are tried
};

/// Every public mirror; one that holds several models has a row for each.
std::span<const KnownMirror> known_mirrors();
/// Their names, each once.
std::vector<std::string> known_mirror_names();

/// Finds a public mirror by its name and a model, or by its address with or without the final slash; nullptr when there
/// is none.
const KnownMirror* find_known_mirror(std::string_view name_or_address, std::string_view model = "GFS");

/// A place to download GFS files from: a public mirror, or a server or folder without known rules.
struct Mirror {
    std::string name;     ///< as the user wrote it
    std::string address;  ///< URL or folder
    const KnownMirror* known = nullptr;

    bool is_folder() const { return !address.starts_with("http://") && !address.starts_with("https://"); }
    /// "nomads.ncep.noaa.gov"; empty for a folder.
    std::string host() const;
    std::span<const std::string_view> layouts() const { return known == nullptr ? all_layouts : known->layouts; }
};

/// Returns the public mirror with that name, or with that address, else a mirror without known rules. Of a public
/// mirror without that model returns the row of another one, which unavailable_reason() tells apart.
Mirror mirror_at(std::string_view name_or_address, std::string_view model = "GFS");

/// Parses mirrors in order of preference: "aws,gcs,/data/mirror", names, URLs and folders. Throws ParameterError for
/// any other word.
std::vector<Mirror> parse_mirrors(std::string_view text, std::string_view model = "GFS");

/// The position of a mirror in the list: the first, or one that is asked when those before it fail.
enum class MirrorRole { preferred, fallback };

/// Returns why the mirror cannot have or should not be asked for a file, as a clause; empty when it can.
std::string unavailable_reason(const Mirror& mirror, MirrorRole role, const FileKey& key, freshet::Time now);

/// The instant before which no public mirror has had the file.
freshet::Time earliest_publication(const FileKey& key);

/// The instant by which 99 of 100 cycles have had it.
freshet::Time usual_publication(const FileKey& key);

}  // namespace gfs
