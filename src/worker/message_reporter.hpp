// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/context.hpp"
#include "worker/mailbox.hpp"
#include "worker/messages.hpp"

#include <cmath>
#include <functional>
#include <string>
#include <utility>

namespace freshet::worker {

/// Hands on what one attempt says as messages. Of its progress only steps of a hundredth: a tight loop may report each
/// of its turns.
class MessageReporter final : public Reporter {
public:
    MessageReporter(std::string token, std::function<void(Message)> send)
        : token_(std::move(token)), send_(std::move(send)) {}

    void progress(double fraction) override {
        if (std::abs(fraction - last_) < 0.01 && fraction < 1) return;
        last_ = fraction;
        send_(Progress{token_, fraction});
    }
    void status(std::string_view text) override { send_(StatusMessage{token_, std::string(text)}); }
    void log(std::string_view text) override { send_(LogLine{token_, std::string(text)}); }
    void warn(std::string_view text) override { send_(LogLine{token_, std::string(text), true}); }

private:
    std::string token_;
    std::function<void(Message)> send_;
    double last_ = -1;
};

}  // namespace freshet::worker
