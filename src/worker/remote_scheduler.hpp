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
struct Patience {
    std::chrono::milliseconds at_first{60'000};      ///< until it was reached once: an address may be wrong
    std::chrono::milliseconds later{3'600'000};      ///< a machine is rebooted, a disk is mended
    std::chrono::milliseconds when_stopped{10'000};  ///< whoever sent SIGTERM sends SIGKILL soon
};

/// What the client of a remote scheduler works with. All of it outlives the client.
struct RemoteParts {
    const SchedulerLine& line;
    const Clock& clock;
    std::function<int()> stops;                            ///< how often somebody asked to stop
    std::function<double()> chance;                        ///< from 0 to 1: clients that lost a server do not return at once
    std::function<void(std::chrono::milliseconds)> pause;  ///< waits so long, or until nudged
    std::function<void(std::string_view)> notice;          ///< sentences for whoever watches the run
};

/// The scheduler at a distance. A call is repeated until it is answered or patience ends with an UnavailableError. What
/// is asked twice because an answer was lost does no harm: leases and `current_tasks` see to that. A large registration
/// becomes several calls, each of them repeated by itself.
class RemoteScheduler final : public SchedulerClient {
public:
    RemoteScheduler(RemoteParts parts, Patience patience) : parts_(std::move(parts)), patience_(patience) {}

    /// What the scheduler says it is; null for a luigid.
    Json greeting();
    std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override;

    /// Somebody asked to stop: from the second time on, a call under way is given up. From any thread.
    void stop_asked();

private:
    wire::Response post(const wire::Request& request);
    wire::TasksAdded register_in_pieces(std::span<const wire::AddTask> tasks);
    template <class Call>
    std::invoke_result_t<Call, std::stop_token> until_answered(Call call);
    std::chrono::milliseconds patience() const;
    void wait(int tries, const TransientError& error);

    RemoteParts parts_;
    Patience patience_;
    bool was_reached_ = false;
    std::mutex mutex_;
    std::stop_source under_way_;  // guarded by mutex_
};

}  // namespace freshet::worker
