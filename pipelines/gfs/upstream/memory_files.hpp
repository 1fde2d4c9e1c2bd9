// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>

namespace gfs {

/// Where what the tasks of a machine learn of upstream lies in their common folder: the only place that knows.
struct CachePaths {
    std::filesystem::path folder;

    std::filesystem::path mirror_health() const { return folder / "roots.json"; }
    std::filesystem::path expected_sizes() const { return folder / "sizes.json"; }
    /// When requests were sent to a host.
    std::filesystem::path requests(std::string host) const {
        std::ranges::replace(host, ':', '_');
        return folder / ("requests." + host);
    }
};

}  // namespace gfs
