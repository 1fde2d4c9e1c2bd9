// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/faults.hpp"

#include "freshet/clock.hpp"

#include <mutex>

namespace gfs::simulator {

/// The faults that a simulator is told to have, and how many requests each has met. Used by all of the server's
/// threads.
class FaultInjector {
public:
    explicit FaultInjector(const freshet::Clock& clock) : clock_(clock), since_(clock.steady_now()) {}

    /// In place of those before; their seconds count from now.
    void set(std::vector<Fault> faults);

    /// The first fault that this request meets, which is counted.
    std::optional<Fault> match(const std::string& method, const std::string& path);

    /// {"faults":[{"kind":"status","path":"*.f003","met":2},...]}
    freshet::Json json() const;

private:
    struct FaultState {
        Fault fault;
        int matched = 0;  ///< requests that it could have hit, those that were spared among them
        int injected = 0;
    };
    static bool matches(FaultState& state, const std::string& method, const std::string& path, double seconds);

    const freshet::Clock& clock_;
    mutable std::mutex mutex_;  ///< guards all below
    std::chrono::steady_clock::time_point since_;
    std::vector<FaultState> states_;
};

}  // namespace gfs::simulator
