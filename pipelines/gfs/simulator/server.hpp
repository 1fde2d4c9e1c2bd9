// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/fault_set.hpp"
#include "simulator/statistics.hpp"

#include "freshet/http.hpp"

#include <filesystem>
#include <string>

namespace gfs::simulator {

/// Answers as a public root of GFS does, with the files of a folder: GET and HEAD, one Range, ETag, Last-Modified; and
/// as wrongly as the faults say that it was told to have. Not counted are GET /_mirror/statistics, which tells the
/// counts, GET /_mirror/faults, which tells the faults, and POST there, which sets others.
class Simulator {
public:
    explicit Simulator(std::filesystem::path folder, const freshet::Clock& clock)
        : folder_(std::move(folder)), faults_(clock) {}

    /// A freshet::http::Handler; may be called from several threads at once.
    freshet::http::Response handle(const freshet::http::Request& request);
    freshet::Json statistics() const { return statistics_.json(); }
    FaultInjector& faults() { return faults_; }

private:
    /// What to answer; everything that a simulator may do differently on purpose is decided here.
    freshet::http::Response respond(const freshet::http::Request& request, const std::string& path);
    freshet::http::Response control(const freshet::http::Request& request, const std::string& path);

    std::filesystem::path folder_;
    FaultInjector faults_;
    Statistics statistics_;
};

}  // namespace gfs::simulator
