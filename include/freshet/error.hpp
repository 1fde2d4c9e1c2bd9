// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace freshet {

/// The class of a failure, which decides about retries.
enum class FailureClass {
    not_ready,  ///< an input does not exist yet: wait for it; costs no retry
    throttled,  ///< the server asked to slow down: wait as long as it said
    transient,  ///< may go away by itself: retry with growing pauses
    permanent,  ///< will fail again in the same way: no retry in this run
};

/// The operation failed. The message names the operation, its object and the reason.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    /// Decides about a retry.
    virtual FailureClass failure_class() const { return FailureClass::permanent; }
};

/// A parameter, option or configuration key is missing, unknown, or has an invalid value.
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

    /// Transient, unless it was made with another class.
    FailureClass failure_class() const override { return failure_class_; }

    /// The pause before the next try, if the server asked for one.
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

/// The state database cannot be read or written, or another process owns it.
class StoreError : public Error {
public:
    using Error::Error;
};

}  // namespace freshet
