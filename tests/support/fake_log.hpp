// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace freshet::test {

/// A log that keeps what it was told. Safe to use from many threads.
class FakeLog final : public Log {
public:
    void write(const LogRecord& record) override {
        const std::lock_guard lock(mutex_);
        messages_.emplace_back(record.message);
        events_.emplace_back(record.event);
    }

    std::vector<std::string> messages() const {
        const std::lock_guard lock(mutex_);
        return messages_;
    }
    /// The stable names of what happened.
    std::vector<std::string> events() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
    std::vector<std::string> events_;
};

}  // namespace freshet::test
