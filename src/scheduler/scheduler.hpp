// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/config.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace freshet {
class Log;
}

namespace freshet::store {
class StateFile;
}

namespace freshet::scheduler {

class State;

/// The state machine and the file that remembers it: what execute() has answered to outlives kill -9, and a batch
/// that ends attempts outlives a power cut too. Belongs to one thread.
class Scheduler {
public:
    /// Takes up where the file was. Tasks whose record cannot be read are logged and left out.
    Scheduler(store::StateFile& file, Config config, Log& log, Time now);
    ~Scheduler();

    /// One answer for each request, in order, after all their changes were committed together.
    std::vector<wire::Response> execute(std::span<const wire::Request> requests, Time now);

    /// When something changes by itself next (a pause ends, a silent worker is given up), if anything does: ask for
    /// work again then.
    std::optional<Time> next_wakeup() const;

    const State& state() const { return *state_; }

private:
    store::StateFile& file_;
    Log& log_;
    std::unique_ptr<State> state_;
};

}  // namespace freshet::scheduler
