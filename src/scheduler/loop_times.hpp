// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace freshet::scheduler {

/// How long the scheduler's ticks took: who asks waits for the tick before and for the own one.
struct LatencyHistogram {
    static constexpr std::array<double, 6> bounds = {0.0001, 0.001, 0.01, 0.1, 1, 10};  ///< seconds

    std::array<std::uint64_t, bounds.size() + 1> counts{};  ///< up to each bound and above the one before; the rest
    double sum = 0;                                         ///< seconds

    void add(std::chrono::duration<double> took) {
        const auto bound = std::lower_bound(bounds.begin(), bounds.end(), took.count());
        ++counts[static_cast<std::size_t>(bound - bounds.begin())];
        sum += took.count();
    }
};

}  // namespace freshet::scheduler
