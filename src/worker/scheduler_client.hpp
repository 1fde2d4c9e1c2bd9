// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/error.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace freshet::worker {

/// The connection to a scheduler, in this process or remote. For the worker's thread, unless a class says otherwise.
class SchedulerClient {
public:
    virtual ~SchedulerClient() = default;

    /// Returns one response for each request, in their order. Blocks until all are answered. Acknowledged requests
    /// survive a crash of the scheduler. When it throws, some may have been executed: StoreError or
    /// DiskFullError from an embedded scheduler, UnavailableError from a remote one.
    virtual std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) = 0;
};

/// Repeats calls that the scheduler refuses because its disk is full. Each try sends all requests of the call again.
/// The arguments of the constructor must outlive the object.
class DiskFullRetry final : public SchedulerClient {
public:
    /// Waits before the next try; returns false to give up, which throws the error on.
    using Wait = std::function<bool(const std::string& error)>;

    DiskFullRetry(SchedulerClient& scheduler, const Clock& clock, Wait wait)
        : scheduler_(scheduler), clock_(clock), wait_(std::move(wait)) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        for (;;) {
            try {
                auto responses = scheduler_.call(requests);
                last_answered_ = clock_.now();
                return responses;
            } catch (const DiskFullError& error) {
                if (!wait_(error.what())) throw;
            }
        }
    }
    /// The time of the last successful call; the epoch before the first; pings are due from it.
    Time last_answered() const { return last_answered_; }

private:
    SchedulerClient& scheduler_;
    const Clock& clock_;
    Wait wait_;
    Time last_answered_{};
};

}  // namespace freshet::worker
