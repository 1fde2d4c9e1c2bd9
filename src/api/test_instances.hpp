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

/// Registry of isolated in-memory schedulers for conformance suites. Their state ends with the registry. Thread-safe:
/// requests to one instance are executed one after the other, those to different instances at the same time.
class TestInstances {
public:
    /// Both must outlive the registry.
    TestInstances(const Clock& clock, Log& log);
    ~TestInstances();

    /// Creates an instance from {"config": {keys of [scheduler]}, "resources": {name: limit} or null} and returns its
    /// number, which is never used again. Ignores Luigi's keys that Freshet has replaced. Evicts the oldest beyond 256,
    /// whose calls in progress complete. Throws ParameterError for an invalid description.
    std::int64_t make(const Json& description);

    /// Executes a request at `instant`, or now, in the caller's thread. nullopt if there is no such instance. Answers
    /// get_work at once: instances park no long polls.
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
