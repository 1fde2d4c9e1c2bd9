// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/config.hpp"
#include "scheduler/resources.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace freshet {
class Log;
}

namespace freshet::store {
class StateFile;
}

namespace freshet::scheduler {

class StateWriter;
class StateMachine;
struct WriteBatch;

/// What becomes of the workers that the state file remembers.
enum class RestartPolicy {
    keep_workers,  ///< they are elsewhere and ride through a restart
    drop_workers,  ///< they were threads of the process that owned the file: their tasks are PENDING again
};

struct SchedulerOptions {
    Config config{};
    std::string run_id{};    ///< stands in the attempts' history
    std::uint64_t seed = 0;  ///< of the jitter of pauses
    RestartPolicy restart_policy = RestartPolicy::keep_workers;
};

/// The state machine and the file that remembers it: what execute() has answered to outlives kill -9, and a batch
/// that ends attempts outlives a power cut too. Belongs to one thread at a time.
class Scheduler {
public:
    /// Takes up where the file was. Records that cannot be read are logged and left out.
    Scheduler(store::StateFile& file, Log& log, SchedulerOptions options, Time now);
    ~Scheduler();

    /// One answer for each request, in order, after all their changes were committed together. When this throws
    /// DiskFullError or StoreError nothing was answered and the changes are written by the next call: ask again.
    std::vector<rpc::Response> execute(std::span<const rpc::Request> requests, Time now);

    /// From now on these limits are configured, and these of them are rates; throws as execute() does.
    void configure(rpc::Resources limits, std::set<std::string> rates, Time now);

    /// For so long nobody was listened to: that does not count as the workers' silence.
    void shift_heartbeats(Time::duration silence);

    /// When something changes by itself next (a pause ends, a silent worker is given up, something is to be synced), if
    /// anything does: ask for work, or execute nothing, then.
    std::optional<Time> next_wakeup() const;

    const StateMachine& machine() const { return *machine_; }

private:
    void load(Time now);
    void commit(store::Durability durability, Time now);

    Log& log_;
    ShortageWarnings warnings_{log_};
    std::unique_ptr<StateMachine> machine_;
    std::unique_ptr<StateWriter> state_writer_;
};

}  // namespace freshet::scheduler
