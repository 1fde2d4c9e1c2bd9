// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs::simulator {

/// Kinds of injected faults.
enum class FaultKind {
    absent,        ///< 404
    status,        ///< `status`, with Retry-After if `retry_after` is set
    empty,         ///< 200 without a body
    html,          ///< 200 with a web page
    cut,           ///< the connection ends after `bytes` of the announced body
    slow,          ///< `rate` bytes a second
    ignore_range,  ///< the whole file in place of a range
    wrong_range,   ///< a correctly labelled range `shift` bytes from the requested one
    truncated,     ///< the file ends after `bytes`, or after `messages` whole messages
    stale_index,   ///< the offsets of an inventory are `shift` bytes off, as after a new run of the model
    replaced,      ///< the file at `by` is served instead
};

/// One fault: the requests it applies to, its time, frequency and kind. The members' names are the JSON keys.
struct Fault {
    FaultKind kind = FaultKind::absent;
    std::string path = "*";    ///< shell pattern of the requests' paths, in which * also matches '/'
    std::string method = "*";  ///< GET, HEAD, or * for both
    double from = 0;           ///< seconds since the faults were set
    std::optional<double> until{};
    int after = 0;               ///< number of matching requests that are spared first
    std::optional<int> times{};  ///< number of requests that are hit; unlimited if not set

    int status = 503;
    std::optional<int> retry_after{};  ///< seconds
    std::optional<std::uint64_t> bytes{};
    std::optional<int> messages{};
    std::uint64_t rate = 1000;
    std::int64_t shift = 100;
    std::string by{};

    friend bool operator==(const Fault&, const Fault&) = default;
};

/// True for faults of an existing file; the others apply to any path.
bool needs_file(FaultKind kind);

/// The name of a kind in JSON.
std::string_view name_of(FaultKind kind);

/// Parses {"faults": [{"path": "*.f003", "kind": "status", "status": 503, "times": 2}]}. Throws ParameterError, naming
/// the number of the invalid fault.
std::vector<Fault> parse_faults(const freshet::Json& json);

/// Parses "3:20,4:25.5": the files of lead 3 are absent for 20 s, those of lead 4 for 25.5 s. Throws ParameterError.
std::vector<Fault> parse_release_schedule(std::string_view schedule);

/// The active faults and the number of requests that each has hit. Thread-safe.
class FaultInjector {
public:
    explicit FaultInjector(const freshet::Clock& clock) : clock_(clock), since_(clock.steady_now()) {}

    /// Replaces the faults; their seconds count from now.
    void set(std::vector<Fault> faults);

    /// Returns the first fault that applies to a request, and counts it.
    std::optional<Fault> match(const std::string& method, const std::string& path);

    /// Reports as {"faults":[{"kind":"status","path":"*.f003","met":2},...]}
    freshet::Json json() const;

private:
    struct FaultState {
        Fault fault;
        int matched = 0;  ///< requests that it could have hit, including spared ones
        int injected = 0;
    };
    static bool matches(FaultState& state, const std::string& method, const std::string& path, double seconds);

    const freshet::Clock& clock_;
    mutable std::mutex mutex_;  ///< guards all below
    std::chrono::steady_clock::time_point since_;
    std::vector<FaultState> states_;
};

}  // namespace gfs::simulator
