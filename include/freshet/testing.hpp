// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/published_target.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// For the tests of pipelines. A library of its own: freshet::testing.
namespace freshet {

/// A text in the memory of the process that runs the worker. It is published, fenced and retired as targets elsewhere
/// are: what run() writes is staged, also in a process of its own. Thread-safe.
class MemoryTarget {
public:
    explicit MemoryTarget(std::string name) : name_(std::move(name)) {}

    /// Removes all targets, for the next test.
    static void clear();

    const std::string& name() const { return name_; }
    /// "memory:" and the name.
    std::string address() const { return "memory:" + name_; }
    bool exists() const;
    static std::vector<bool> exist(const std::vector<MemoryTarget>& targets);

    void write(std::string_view content) const;
    /// Throws Error where nothing is.
    std::string read() const;

    // For the engine (published_target.hpp).
    void begin(TargetAttempt& attempt) const;
    Json stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const;
    PublishResult commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const;
    void abort(TargetAttempt& attempt) const;
    std::optional<Json> receipt() const;
    std::optional<Content> content() const;
    /// Moves it to "NAME.stale".
    std::string retire() const;

    friend bool operator==(const MemoryTarget&, const MemoryTarget&) = default;

private:
    std::string name_;
};

}  // namespace freshet
