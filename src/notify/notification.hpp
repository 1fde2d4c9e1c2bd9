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

/// The outbox's event of a message about these changes. Its data: subject and text for people; problems and recovered,
/// the first hundred of each, for programs. `id` must be unique; events of one rule are delivered in order.
Event make_notification(NotificationHeader header, const ProblemChanges& changes);

/// Returns "Load(day=1) failed", "3 problems, 1 recovered": one line.
std::string subject_line(const ProblemChanges& changes);
/// Returns a line for each problem, and how many are not listed.
std::string message_text(const ProblemChanges& changes);

/// The body for an incoming webhook of Slack or Mattermost. Throws Error for an event that is no notification.
Json chat_json(const Event& event);

}  // namespace freshet::notify
