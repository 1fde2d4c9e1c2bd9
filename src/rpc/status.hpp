// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace freshet::rpc {

/// The states of a task, in Luigi's words.
enum class Status {
    pending,        ///< may run as soon as its dependencies are done
    running,        ///< handed out; worker_running has it
    batch_running,  ///< handed out as one of several that one combined task stands for
    done,           ///< its output exists
    failed,         ///< its last attempt failed; becomes pending again when its pause is over
    disabled,       ///< failed too often, or a worker said so; nobody gets it
    unknown,        ///< a dependency nobody has described yet, or a task whose planning failed
    suspended,      ///< only ever said by old workers; kept as pending
};

inline constexpr std::array<std::string_view, 8> status_texts = {"PENDING", "RUNNING",  "BATCH_RUNNING", "DONE",
                                                                 "FAILED",  "DISABLED", "UNKNOWN",       "SUSPENDED"};

constexpr std::string_view text(Status status) { return status_texts[static_cast<std::size_t>(status)]; }

/// Nothing when `text` is none of the words above.
constexpr std::optional<Status> status_from(std::string_view text) {
    for (std::size_t i = 0; i < status_texts.size(); ++i)
        if (status_texts[i] == text) return static_cast<Status>(i);
    return std::nullopt;
}

/// The classes of failure, in the order of FailureClass.
inline constexpr std::array<std::string_view, 4> failure_texts = {"not_yet", "throttled", "transient", "permanent"};

constexpr std::string_view text(FailureClass failure) { return failure_texts[static_cast<std::size_t>(failure)]; }

/// Nothing when `text` is none of the words above.
constexpr std::optional<FailureClass> failure_class_from(std::string_view text) {
    for (std::size_t i = 0; i < failure_texts.size(); ++i)
        if (failure_texts[i] == text) return static_cast<FailureClass>(i);
    return std::nullopt;
}

}  // namespace freshet::rpc
