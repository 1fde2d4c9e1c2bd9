// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "worker/attempt.hpp"
#include "worker/messages.hpp"
#include "worker/tasks.hpp"

#include <map>
#include <string>
#include <utility>

namespace freshet::test {

/// A folder for tasks, and the mailbox of their runner.
struct RunnerFixture {
    TempDir dir{};
    SystemClock clock{};
    worker::ProcessServices services{clock};
    worker::Mailbox<worker::Message> mailbox{};
    // Read by results() and wait_for_status().
    std::vector<std::string> log{};
    std::string tracking_url{};
    std::vector<std::string> responses{};  ///< "m1: yes"

    AnyTask act(const std::string& what, const std::string& password = "") const {
        return Act{.what = what, .root = dir.path(), .password = password};
    }

    /// Waits for the next `count` results and returns them by token.
    std::map<std::string, worker::AttemptResult> results(std::size_t count) {
        std::map<std::string, worker::AttemptResult> found;
        while (found.size() < count)
            for (worker::Message& message : mailbox.take_all())
                if (auto* result = std::get_if<worker::AttemptResult>(&message))
                    found.emplace(result->token, std::move(*result));
                else
                    record(message);
        return found;
    }

    void wait_for_status() {
        for (;;)
            for (const worker::Message& message : mailbox.take_all()) {
                record(message);
                if (std::holds_alternative<worker::StatusMessage>(message)) return;
            }
    }

private:
    void record(const worker::Message& message) {
        if (const auto* line = std::get_if<worker::LogLine>(&message)) log.push_back(line->text);
        if (const auto* tracking = std::get_if<worker::TrackingUrl>(&message)) tracking_url = tracking->url;
        if (const auto* response = std::get_if<worker::MessageResponse>(&message))
            responses.push_back(response->message_id + ": " + response->text);
    }
};

}  // namespace freshet::test
