// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "upstream/cache_files.hpp"

#include "freshet/clock.hpp"
#include "freshet/json.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace gfs {

/// The recent errors and pauses of a mirror.
struct MirrorHealth {
    int failures = 0;                           ///< consecutive, up to the latest response
    freshet::Time backoff_until{};              ///< until then other mirrors are preferred
    freshet::Time throttled_until{};            ///< until then it is not asked at all
    std::string last_error{};                   ///< the message of the last failure
    std::optional<std::chrono::seconds> lag{};  ///< from the earliest publication to its last new file

    bool is_healthy(freshet::Time now) const { return failures == 0 && backoff_until <= now && throttled_until <= now; }
    /// Formats the state for people: "healthy", "throttled until 06:01:30Z: HEAD x: status 302".
    std::string state_text(freshet::Time now) const;
};

/// Returns the health of the mirrors that a file of MirrorHealthCache has records of, by address. Neither writes nor
/// locks it. Empty when there is no file. Throws Error when it cannot be read.
std::map<std::string, MirrorHealth> recorded_mirrors(const std::filesystem::path& file, freshet::Time now);

/// The extent to which a mirror has published a cycle, by lead.
struct Frontier {
    int last_present = -1;              ///< the highest lead that was found
    std::optional<int> first_absent{};  ///< the lowest lead above it that was missing
    freshet::Time absent_checked_at{};  ///< when it was missing
    std::string layout{};               ///< the layout of the files that were found
};

/// Key of a frontier.
struct CycleAtMirror {
    std::string mirror;  ///< its address
    Cycle cycle;
    std::string product;
};

/// The health and frontiers of mirrors, in a file that the tasks of a machine share. When the file cannot be read or
/// written, every mirror counts as healthy.
class MirrorHealthCache {
public:
    MirrorHealthCache(std::filesystem::path file, const freshet::Clock& clock)
        : file_(std::move(file)), clock_(clock) {}

    MirrorHealth health(const std::string& mirror) const;
    void record_success(const std::string& mirror);
    void record_failure(const std::string& mirror, const std::string& error);
    /// Without a `retry_after` the pause is `first`, doubled with each further time.
    void record_throttling(const std::string& mirror, const std::string& error,
                           std::optional<std::chrono::seconds> retry_after, std::chrono::seconds first);
    void record_lag(const std::string& mirror, std::chrono::seconds lag);

    Frontier frontier(const CycleAtMirror& where) const;
    void record_present(const CycleAtMirror& where, int lead, const std::string& layout);
    void record_absent(const CycleAtMirror& where, int lead);

private:
    freshet::Json read() const;
    void update(const std::function<void(freshet::Json& document)>& update) const;

    LockedFile file_;
    const freshet::Clock& clock_;
};

}  // namespace gfs
