// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace freshet {

/// What kind of failure it was, which decides what happens next.
enum class FailureClass {
    not_ready,  ///< what it needs does not exist yet: wait for it; costs no retry
    throttled,  ///< somebody asked us to slow down: wait as long as they said
    transient,  ///< may go away by itself: retry with growing pauses
    permanent,  ///< will fail again in the same way: no retry in this run
};

/// The present operation cannot go on. The message says what was being done, to what, and why it failed.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    virtual FailureClass failure_class() const { return FailureClass::permanent; }
};

/// A parameter, option or setting was missing, unknown, or given a value that is not one of its type.
class ParameterError : public Error {
public:
    using Error::Error;
};

/// Worth a retry: later, or elsewhere, the same operation may succeed.
class TransientError : public Error {
public:
    explicit TransientError(const std::string& message, FailureClass failure_class = FailureClass::transient,
                            std::optional<std::chrono::seconds> retry_after = std::nullopt)
        : Error(message), failure_class_(failure_class), retry_after_(retry_after) {}

    FailureClass failure_class() const override { return failure_class_; }

    /// How long to wait before the next try, where somebody said so.
    std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }

private:
    FailureClass failure_class_;
    std::optional<std::chrono::seconds> retry_after_;
};

/// No room is left on a disk or in a quota: the same may succeed once there is some.
class DiskFullError : public TransientError {
public:
    using TransientError::TransientError;
};

/// The state database cannot be read or written, or belongs to somebody else.
class StoreError : public Error {
public:
    using Error::Error;
};

}  // namespace freshet
