// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

namespace freshet::test {

/// Time that passes only when the test says so.
class FakeClock final : public Clock {
public:
    /// 2026-08-21T06:00:00Z: any instant will do, as long as it is the same in every run.
    static constexpr Time start{std::chrono::seconds{1'787'292'000}};

    Time now() const override { return start + passed_; }
    std::chrono::steady_clock::time_point steady_now() const override {
        return std::chrono::steady_clock::time_point{} + passed_;
    }

    void advance(std::chrono::milliseconds time) { passed_ += time; }

private:
    std::chrono::milliseconds passed_{0};
};

}  // namespace freshet::test
