// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/statistics.hpp"

#include "freshet/http.hpp"

#include <filesystem>
#include <string>

namespace gfs::mirror {

/// Answers as a public root of GFS does, with the files of a folder: GET and HEAD, one Range, ETag, Last-Modified.
/// GET /_mirror/statistics tells the counts and is not counted.
class Mirror {
public:
    explicit Mirror(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// A freshet::http::Handler; may be called from several threads at once.
    freshet::http::Response handle(const freshet::http::Request& request);
    freshet::Json statistics() const { return statistics_.json(); }

private:
    /// What to answer; everything that a mirror may do differently on purpose is decided here.
    freshet::http::Response decide(const freshet::http::Request& request, const std::string& path) const;

    std::filesystem::path folder_;
    Statistics statistics_;
};

}  // namespace gfs::mirror
