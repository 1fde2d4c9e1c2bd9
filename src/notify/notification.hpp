// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"
#include "notify/problems.hpp"

#include <string>
#include <string_view>

namespace freshet::notify {

struct NotificationHeader {
    std::string source{};
    std::string rule{};
    std::string id{};
    Time time{};
};

/// Where the receivers of messages find the scheduler.
struct SchedulerContact {
    std::string url{};      ///< of its pages; empty: nobody but its own machine reaches any
    std::string options{};  ///< of the command `freshet`: "--scheduler URL", "--state FILE"; empty: it needs none
};

/// The outbox's event of a message about these changes. Its data: subject and text for people; problems and recovered,
/// the first hundred of each, for programs. `id` must be unique; events of one rule are delivered in order.
Event make_notification(NotificationHeader header, const ProblemChanges& changes, const SchedulerContact& contact);

/// Returns "Load(day=1) failed", "3 problems, 1 recovered: 2 of Load(day=1), Report": one line.
std::string subject_line(const ProblemChanges& changes);
/// Returns a line for each problem, with its page and commands below, and how many are not listed.
std::string message_text(const ProblemChanges& changes, const SchedulerContact& contact);

/// The body for an incoming webhook of Slack or Mattermost. Throws Error for an event that is no notification.
Json chat_json(const Event& event);

}  // namespace freshet::notify
