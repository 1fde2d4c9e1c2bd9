// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace freshet::test {

/// Runs nothing: answers each attempt at once as the test says, and records what was started and cancelled.
class FakeRunner final : public worker::Runner {
public:
    /// Fills in how the attempt ended; by default it is done. False: it goes on running until it is cancelled.
    using Script = std::function<bool(const worker::Attempt& attempt, worker::AttemptResult& result)>;

    explicit FakeRunner(worker::Mailbox<worker::Message>& mailbox) : mailbox_(mailbox) {}

    void start(worker::Attempt attempt) override {
        calls.push_back("start " + attempt.task.description());
        worker::AttemptResult result{.token = attempt.token, .status = worker::AttemptStatus::done};
        if (script && !script(attempt, result))
            running.push_back(attempt);
        else
            mailbox_.put(std::move(result));
    }

    void cancel(const std::string& token) override {
        calls.push_back("cancel");
        mailbox_.put(worker::AttemptResult{
            .token = token, .failure = {.failure_class = FailureClass::transient, .message = "cancelled"}});
    }

    void send(const std::string&, worker::IncomingMessage message) override {
        calls.push_back("message " + message.content);
    }

    std::vector<std::string> calls;
    std::vector<worker::Attempt> running;
    Script script;

private:
    worker::Mailbox<worker::Message>& mailbox_;
};

}  // namespace freshet::test
