// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/product_layout.hpp"
#include "upstream/forecast_file.hpp"
#include "upstream/mirror_health.hpp"
#include "upstream/mirrors.hpp"

#include "freshet/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gfs {

/// Chooses the mirrors to ask for a file, from their rules and their health, and records their responses.
class MirrorSelection {
public:
    /// `model` is that of the products to ask for. Throws ParameterError when `mirrors` is not like
    /// "aws,gcs,/data/mirror".
    MirrorSelection(std::string_view mirrors, std::filesystem::path cache_file, const freshet::Clock& clock,
                    std::string_view model = "GFS")
        : mirrors_(parse_mirrors(mirrors, model)), health_(std::move(cache_file), clock), clock_(clock) {}

    /// Returns the mirrors in the order to ask them: that with the address `first`, then the others by preference;
    /// those in back-off last.
    std::vector<Mirror> candidates(std::string_view first) const;
    /// Throws SkippedMirror when the response is known without asking: the mirror throttles or does not keep the cycle,
    /// or the file cannot be published yet.
    void check_available(const Mirror& mirror, const FileKey& key) const;
    /// Throws SkippedMirror while the mirror throttles.
    void check_not_throttled(const Mirror& mirror) const;
    /// Returns the paths to try; only that of the cycle's layout once it is known.
    std::vector<std::string> paths(const Mirror& mirror, const FileKey& key) const;

    void record_found(const Mirror& mirror, const FileKey& key, const ForecastFile& file);
    void record_absent(const Mirror& mirror, const FileKey& key);
    void record_failure(const Mirror& mirror, const freshet::TransientError& error);

private:
    void check_schedule(const Mirror& mirror, const FileKey& key) const;
    void check_frontier(const Mirror& mirror, const FileKey& key) const;

    std::vector<Mirror> mirrors_;
    MirrorHealthCache health_;
    const freshet::Clock& clock_;
};

/// The errors of all mirrors when none had a file.
class CombinedErrors {
public:
    void add(const std::string& mirror, const freshet::TransientError& error);

    /// Returns one error about `file` with each mirror's message and the most hopeful class: not_ready, throttled,
    /// transient, permanent. The error of a single mirror is returned unchanged.
    freshet::TransientError combined(const std::string& file) const;

private:
    std::vector<std::pair<std::string, freshet::TransientError>> errors_;
};

}  // namespace gfs
