// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "upstream/shared_file.hpp"

#include "freshet/clock.hpp"
#include "freshet/json.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace gfs {

/// How a mirror has done lately.
struct MirrorHealth {
    int failures = 0;                           ///< one after the other, the last of them the latest answer
    freshet::Time backoff_until{};              ///< until then others are asked first
    freshet::Time throttled_until{};            ///< until then it is not asked at all
    std::string last_error{};                   ///< the sentence of the last failure
    std::optional<std::chrono::seconds> lag{};  ///< how long after the earliest possible time its last new file came
};

/// The files of one cycle at one mirror, in the order of their leads.
struct Frontier {
    int last_present = -1;              ///< the highest lead that was there
    std::optional<int> first_absent{};  ///< the lowest above it that was not
    freshet::Time absent_checked_at{};  ///< when it was looked for
    std::string layout{};               ///< under which the files were found
};

/// The files of one cycle at one mirror.
struct CycleAtMirror {
    std::string mirror;  ///< its address
    Cycle cycle;
    std::string product;
};

/// What the tasks of a machine have learnt about mirrors, in a file that they share. A failure to read or write it is
/// as good as having learnt nothing.
class MirrorHealthCache {
public:
    MirrorHealthCache(std::filesystem::path file, const freshet::Clock& clock)
        : file_(std::move(file)), clock_(clock) {}

    MirrorHealth health(const std::string& mirror) const;
    void record_success(const std::string& mirror);
    void record_failure(const std::string& mirror, const std::string& error);
    /// Without a `retry_after` it is left alone for `first`, and twice as long each further time.
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
