// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"

#include <string>
#include <vector>

namespace freshet::notify {

/// Runs a program for each notification, with the event as JSON on its standard input. Exit status 0 acknowledges it;
/// with any other it is run again later. One that takes more than half a minute is killed.
class CommandSink final : public Sink {
public:
    explicit CommandSink(std::vector<std::string> command) : command_(std::move(command)) {}

    void deliver(const Event& event) override;
    std::string name() const override { return "command " + command_.front(); }

private:
    std::vector<std::string> command_;
};

}  // namespace freshet::notify
