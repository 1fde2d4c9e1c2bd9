// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "worker/scheduler_client.hpp"
#include "worker/scheduler_line.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace freshet::worker {

/// How long a scheduler may be away before a worker gives up; what it has finished is kept until then.
struct RetryBudget {
    std::chrono::milliseconds initial{60'000};       ///< until it was reached once: an address may be wrong
    std::chrono::milliseconds reconnect{3'600'000};  ///< a machine is rebooted, a disk is mended
    std::chrono::milliseconds after_stop{10'000};    ///< whoever sent SIGTERM sends SIGKILL soon
};

/// What the client of a remote scheduler works with. All of it outlives the client.
struct RetryingClientParts {
    const RpcClient& rpc;
    const Clock& clock;
    std::function<int()> stop_requests;  ///< how often somebody asked to stop
    std::function<double()> jitter;      ///< from 0 to 1: clients that lost a server do not return at once
    std::function<void(std::chrono::milliseconds)> pause;  ///< waits so long, or until woken
    std::function<void(std::string_view)> notify;          ///< sentences for whoever watches the run
};

/// The scheduler at a distance. A call is repeated until it is answered or the retry budget ends with an
/// UnavailableError. What is asked twice because an answer was lost does no harm: leases and `current_tasks` see to
/// that. A large registration becomes several calls, each of them repeated by itself.
class RetryingClient final : public SchedulerClient {
public:
    RetryingClient(RetryingClientParts parts, RetryBudget budget) : parts_(std::move(parts)), budget_(budget) {}

    /// What the scheduler says it is; null for a luigid.
    Json server_info();
    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override;

    /// Somebody asked to stop: from the second time on, a call under way is given up. From any thread.
    void on_stop_request();

private:
    rpc::Response call_one(const rpc::Request& request);
    rpc::TasksAdded register_in_chunks(std::span<const rpc::AddTask> tasks);
    template <class Call>
    std::invoke_result_t<Call, std::stop_token> call_with_retries(Call call);
    std::chrono::milliseconds retry_budget() const;
    void back_off(int tries, const TransientError& error);

    RetryingClientParts parts_;
    RetryBudget budget_;
    bool was_reached_ = false;
    std::mutex mutex_;
    std::stop_source current_call_;  // guarded by mutex_
};

}  // namespace freshet::worker
