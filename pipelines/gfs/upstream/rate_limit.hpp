// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/shared_file.hpp"

#include "freshet/clock.hpp"

#include <chrono>
#include <filesystem>
#include <variant>
#include <vector>

namespace gfs {

/// Requests that may be sent, in a row and by one thread, without waiting; each that is not sent lapses by itself.
struct Reservation {
    freshet::Time at{};
    std::size_t remaining = 0;
};

/// At most so many requests in any window of time, however it is placed, by all who share the file.
class RateLimit {
public:
    static constexpr std::chrono::milliseconds window{60'000};

    RateLimit(std::filesystem::path file, std::size_t limit, const freshet::Clock& clock)
        : file_(std::move(file)), limit_(limit), clock_(clock) {}

    std::size_t limit() const { return limit_; }
    /// How many were sent or reserved within the window that ends now.
    std::size_t used() const;

    /// All of `count` requests (no more than the limit) or none of them: then how long until they may be there.
    std::variant<Reservation, std::chrono::milliseconds> reserve(std::size_t count) const;

    /// Zero: send one request, now. Else nothing is taken, and the answer is how long to wait before the next try.
    std::chrono::milliseconds acquire(Reservation& reservation) const;

private:
    LockedFile file_;
    std::size_t limit_;
    const freshet::Clock& clock_;
};

}  // namespace gfs
