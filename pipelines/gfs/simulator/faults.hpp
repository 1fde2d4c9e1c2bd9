// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gfs::simulator {

/// What a simulator does wrong on purpose.
enum class FaultKind {
    absent,        ///< the file is not there: 404
    status,        ///< another status than 200, with Retry-After where that is told
    empty,         ///< a success without a byte
    html,          ///< a success with a web page
    cut,           ///< the connection ends after `bytes` of the body, of which the full length was promised
    slow,          ///< `rate` bytes a second
    ignore_range,  ///< the whole file in place of a range
    wrong_range,   ///< a range `shift` bytes from the one that was asked for, and it says so
    truncated,     ///< the file ends after `bytes`, or after `messages` whole messages
    stale_index,   ///< the offsets of an inventory are `shift` bytes off, as if the file had been made again
    replaced,      ///< the file at `by` is there instead
};

/// One thing that goes wrong: for which requests, when, how often and how. Written as JSON with these names as keys.
struct Fault {
    FaultKind kind = FaultKind::absent;
    std::string path = "*";    ///< of the requests it hits, as a shell pattern whose * also matches '/'
    std::string method = "*";  ///< GET, HEAD, or * for both
    double from = 0;           ///< seconds since the faults were set
    std::optional<double> until{};
    int after = 0;               ///< so many requests that match are spared before
    std::optional<int> times{};  ///< so many are hit

    int status = 503;
    std::optional<int> retry_after{};  ///< seconds
    std::optional<std::uint64_t> bytes{};
    std::optional<int> messages{};
    std::uint64_t rate = 1000;
    std::int64_t shift = 100;
    std::string by{};

    friend bool operator==(const Fault&, const Fault&) = default;
};

/// Whether it is about a file; the others happen where there is none, too.
bool needs_file(FaultKind kind);

/// The word for a kind in JSON.
std::string_view name_of(FaultKind kind);

/// Reads {"faults": [{"path": "*.f003", "kind": "status", "status": 503, "times": 2}]}. Throws ParameterError, naming
/// the number of the fault, where it says nothing that can be done.
std::vector<Fault> parse_faults(const freshet::Json& json);

}  // namespace gfs::simulator
