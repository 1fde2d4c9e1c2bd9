// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/limited_source.hpp"

#include "upstream/own_refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using Milliseconds = std::chrono::milliseconds;

/// A worker may stand still for so long before a download.
constexpr Milliseconds max_wait{3'000};

/// What was started is worth more patience than what would start over.
constexpr Milliseconds max_wait_during_download = 3 * RateLimit::window;

}  // namespace

RateLimitedSource::RateLimitedSource(std::unique_ptr<Source> source, RateLimit limit, std::string host, Sleep sleep)
    : source_(std::move(source)), limit_(std::move(limit)), host_(std::move(host)), sleep_(std::move(sleep)) {}

FileInfo RateLimitedSource::head(const std::string& path) {
    acquire_permit();
    return source_->head(path);
}

WholeFile RateLimitedSource::get(const std::string& path) {
    acquire_permit();
    return source_->get(path);
}

std::string RateLimitedSource::get(const std::string& path, ByteRange range) {
    acquire_permit();
    return source_->get(path, range);
}

void RateLimitedSource::reserve(std::size_t requests) {
    if (requests <= reservation_.remaining) return;
    const auto count = std::min(requests, limit_.limit());
    for (Milliseconds waited{0};;) {
        const auto result = limit_.reserve(count);
        if (const auto* reservation = std::get_if<Reservation>(&result)) {
            reservation_ = *reservation;
            return;
        }
        const auto wait = std::get<Milliseconds>(result);
        waited += wait;
        if (waited > max_wait) reject(wait);
        sleep_(wait);
    }
}

void RateLimitedSource::acquire_permit() {
    for (Milliseconds waited{0};;) {
        const auto wait = limit_.acquire(reservation_);
        if (wait.count() == 0) return;
        waited += wait;
        if (waited > max_wait_during_download) reject(wait);
        sleep_(wait);
    }
}

void RateLimitedSource::reject(Milliseconds wait) const {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    throw SkippedMirror(fmt::format("'{}' is sent no more than {} requests a minute: the next may go in {} s", host_,
                                    limit_.limit(), seconds.count()),
                        freshet::FailureClass::throttled, seconds);
}

}  // namespace gfs
