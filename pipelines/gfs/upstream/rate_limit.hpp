// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/cache_files.hpp"
#include "upstream/source.hpp"

#include "freshet/clock.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace gfs {

/// Requests that one thread may send without waiting, one after the other; unused ones expire with the window.
struct Reservation {
    freshet::Time at{};
    std::size_t remaining = 0;
};

/// A sliding-window rate limit, shared through a file by all threads and processes that use it.
class RateLimit {
public:
    static constexpr std::chrono::milliseconds window{60'000};

    RateLimit(std::filesystem::path file, std::size_t limit, const freshet::Clock& clock)
        : file_(std::move(file)), limit_(limit), clock_(clock) {}

    std::size_t limit() const { return limit_; }
    /// The number of requests sent or reserved within the window that ends now.
    std::size_t used() const;

    /// Reserves all of `count` requests (at most the limit), or none: then returns how long until there is room.
    std::variant<Reservation, std::chrono::milliseconds> reserve(std::size_t count) const;

    /// Takes a permit for one request, from the reservation if it has any left, and returns zero. Otherwise takes
    /// nothing and returns how long to wait before the next try.
    std::chrono::milliseconds acquire(Reservation& reservation) const;

private:
    LockedFile file_;
    std::size_t limit_;
    const freshet::Clock& clock_;
};

/// Waits for a duration; throws when the attempt was cancelled.
using Sleep = std::function<void(std::chrono::milliseconds)>;

/// A source whose requests keep to the rate limit of its host. Waits some seconds for a permit; throws SkippedMirror
/// instead of blocking a worker for longer at the start of a download. Not thread-safe.
class RateLimitedSource final : public Source {
public:
    RateLimitedSource(std::unique_ptr<Source> source, RateLimit limit, std::string host, Sleep sleep);

    FileInfo head(const std::string& path) override;
    WholeFile get(const std::string& path) override;
    std::string get(const std::string& path, ByteRange range) override;
    std::string address(const std::string& path) const override { return source_->address(path); }
    void reserve(std::size_t requests) override;

private:
    void acquire_permit();
    [[noreturn]] void reject(std::chrono::milliseconds wait) const;

    std::unique_ptr<Source> source_;
    RateLimit limit_;
    std::string host_;
    Sleep sleep_;
    Reservation reservation_;
};

}  // namespace gfs
