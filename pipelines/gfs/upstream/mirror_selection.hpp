// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/lead_file.hpp"
#include "upstream/mirror_health.hpp"
#include "upstream/roots.hpp"

#include "freshet/error.hpp"

#include <string_view>
#include <vector>

namespace gfs {

/// Which mirror is asked next, and which need not be asked at all, from what the tasks of a machine have learnt.
class MirrorSelection {
public:
    /// Throws ParameterError when `mirrors` is not like "aws,gcs,/data/mirror".
    MirrorSelection(std::string_view mirrors, std::filesystem::path cache_file, const freshet::Clock& clock)
        : mirrors_(parse_mirrors(mirrors)), health_(std::move(cache_file), clock), clock_(clock) {}

    /// That with the address `first`, then the others by preference; those that failed lately come last.
    std::vector<Mirror> candidates(std::string_view first) const;
    /// Throws SkippedMirror where the answer is known without asking: the mirror is throttled or keeps no such cycle,
    /// or the file cannot be there yet.
    void check_available(const Mirror& mirror, const FileKey& key) const;
    /// Throws SkippedMirror while the mirror wants to be left alone.
    void check_not_throttled(const Mirror& mirror) const;
    /// Paths under which the mirror may have a file; the layout of its cycle alone, once it is known.
    std::vector<std::string> paths(const Mirror& mirror, const FileKey& key) const;

    void record_found(const Mirror& mirror, const FileKey& key, const LeadFile& file);
    void record_absent(const Mirror& mirror, const FileKey& key);
    void record_failure(const Mirror& mirror, const freshet::TransientError& error);

private:
    void check_schedule(const Mirror& mirror, const FileKey& key) const;
    void check_frontier(const Mirror& mirror, const FileKey& key) const;

    std::vector<Mirror> mirrors_;
    MirrorHealthCache health_;
    const freshet::Clock& clock_;
};

}  // namespace gfs
