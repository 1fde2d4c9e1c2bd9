// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/takeover.hpp"

#include <fmt/format.h>

#include <thread>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

constexpr auto poll_interval = 2s;  // the kernel tells nobody of a free lock
constexpr auto retry_interval = 20ms;
constexpr auto quick_retries = 5s;  // an owner that needs longer to begin or to end is waited for as any scheduler is

}  // namespace

std::optional<Time> Takeover::poll() {
    if (owner_) return std::nullopt;
    if (const Time now = parts_.clock.now(); next_try_ <= now) {
        next_try_ = now + poll_interval;
        if (try_open()) return std::nullopt;
    }
    return next_try_;
}

bool Takeover::on_unreachable(std::chrono::milliseconds since_call) {
    if (try_open()) throw TakenOver{};
    if (since_call > quick_retries) return false;
    std::this_thread::sleep_for(retry_interval);
    return true;
}

bool Takeover::try_open() {
    store::LockHolder self = store::this_process(options_.command, parts_.clock.now());
    self.is_sharing = true;
    try {
        state_.emplace(store::StateFile::open_exclusive(*options_.state, self));
        owner_.emplace(*state_, options_, parts_, worker_host_);
    } catch (const store::LockedError& error) {
        if (!was_served_ && error.mode() == store::LockMode::exclusive) throw;
        return false;
    } catch (const DiskFullError& error) {
        parts_.observer.notified(error.what());
        state_.reset();
        return false;
    }
    owner_->serve();
    parts_.observer.notified("the run that held the state has ended: this one holds it now");
    return true;
}

void Takeover::finish(SessionResult& result) {
    try {
        if (!owner_) try_open();  // the owner may have left events to this run
        if (owner_) owner_->finish(result);
    } catch (const Error& error) {
        parts_.observer.notified(fmt::format("deliver events: {}", error.what()));
    }
}

std::vector<rpc::Response> SharedStateClient::call(const std::vector<rpc::Request>& requests) {
    try {
        if (!takeover_.client()) return remote_.call(requests);
    } catch (const TakenOver&) {
    }
    return takeover_.client()->call(requests);
}

}  // namespace freshet::run
