// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "scheduler/executor.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace freshet {
class Log;
}

namespace freshet::api {

/// Registry of isolated in-memory schedulers for conformance suites. Thread-safe.
class TestInstances {
public:
    TestInstances(const Clock& clock, Log& log);
    ~TestInstances();

    /// Creates an instance from {"config": {keys of [scheduler]}, "resources": {name: limit} or null} and returns its
    /// number. Evicts the oldest beyond a limit. Throws ParameterError for an invalid description.
    std::int64_t make(const Json& description);

    /// Executes a request at `instant`, or now. Nothing if there is no such instance.
    std::optional<rpc::Response> handle(std::int64_t number, const rpc::Request& request, std::optional<Time> instant);

private:
    struct Instance;

    std::shared_ptr<Instance> find(std::int64_t number);

    const Clock& clock_;
    Log& log_;
    std::mutex mutex_;
    std::int64_t last_ = 0;                                        // guarded by mutex_
    std::map<std::int64_t, std::shared_ptr<Instance>> instances_;  // guarded by mutex_; shared with calls in progress
};

}  // namespace freshet::api
