// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/limited_source.hpp"

#include "source/own_refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using Milliseconds = std::chrono::milliseconds;

/// A worker may stand still for so long before a download.
constexpr Milliseconds patience{3'000};

/// What was started is worth more patience than what would start over.
constexpr Milliseconds patience_inside = 3 * RateLimit::window;

}  // namespace

LimitedSource::LimitedSource(std::unique_ptr<Source> source, RateLimit limit, std::string host, Pause pause)
    : source_(std::move(source)), limit_(std::move(limit)), host_(std::move(host)), pause_(std::move(pause)) {}

FileFacts LimitedSource::head(const std::string& path) {
    wait_for_turn();
    return source_->head(path);
}

WholeFile LimitedSource::get(const std::string& path) {
    wait_for_turn();
    return source_->get(path);
}

std::string LimitedSource::get(const std::string& path, ByteRange range) {
    wait_for_turn();
    return source_->get(path, range);
}

void LimitedSource::expect(std::size_t requests) {
    if (requests <= reservation_.left) return;
    const auto count = std::min(requests, limit_.limit());
    for (Milliseconds waited{0};;) {
        const auto answer = limit_.reserve(count);
        if (const auto* reservation = std::get_if<Reservation>(&answer)) {
            reservation_ = *reservation;
            return;
        }
        const auto wait = std::get<Milliseconds>(answer);
        waited += wait;
        if (waited > patience) refuse(wait);
        pause_(wait);
    }
}

void LimitedSource::wait_for_turn() {
    for (Milliseconds waited{0};;) {
        const auto wait = limit_.take(reservation_);
        if (wait.count() == 0) return;
        waited += wait;
        if (waited > patience_inside) refuse(wait);
        pause_(wait);
    }
}

void LimitedSource::refuse(Milliseconds wait) const {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    throw OwnRefusal(fmt::format("'{}' is sent no more than {} requests a minute: the next may go in {} s", host_,
                                 limit_.limit(), seconds.count()),
                     freshet::FailureClass::throttled, seconds);
}

}  // namespace gfs
