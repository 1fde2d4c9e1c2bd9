// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/config.hpp"
#include "scheduler/shortage.hpp"
#include "store/database.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

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

class Ledger;
class State;
struct Changes;

/// What becomes of the workers that the state file remembers.
enum class OldWorkers {
    may_return,  ///< they are elsewhere and ride through a restart
    are_dead,    ///< they were threads of the process that owned the file: their tasks are PENDING again
};

struct SchedulerOptions {
    Config config{};
    std::string run_id{};    ///< stands in the attempts' history
    std::uint64_t seed = 0;  ///< of the jitter of pauses
    OldWorkers old_workers = OldWorkers::may_return;
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
    std::vector<wire::Response> execute(std::span<const wire::Request> requests, Time now);

    /// From now on these limits are configured, and these of them are rates; throws as execute() does.
    void configure(wire::Resources limits, std::set<std::string> rates, Time now);

    /// For so long nobody was listened to: that does not count as the workers' silence.
    void excuse(Time::duration silence);

    /// When something changes by itself next (a pause ends, a silent worker is given up, something is to be synced), if
    /// anything does: ask for work, or execute nothing, then.
    std::optional<Time> next_wakeup() const;

    const State& state() const { return *state_; }

private:
    void load(Time now);
    void keep(store::Durability durability, Time now);

    Log& log_;
    ShortageWarnings warnings_{log_};
    std::unique_ptr<State> state_;
    std::unique_ptr<Ledger> ledger_;
};

}  // namespace freshet::scheduler
