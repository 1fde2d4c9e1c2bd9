// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/event.hpp"

#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace freshet::test {

/// A sink that keeps a diary of what it was asked and fails as often as it is told to. Safe to use from many threads.
class FakeSink final : public Sink {
public:
    explicit FakeSink(std::string name = "fake") : name_(std::move(name)) {}

    void deliver(const Event& event) override {
        if (before_deliver) before_deliver(event);
        const std::lock_guard lock(mutex_);
        attempted_.push_back(event.id);
        if (!failures_.empty()) {
            const auto failure = failures_.front();
            failures_.pop_front();
            std::rethrow_exception(failure);
        }
        acknowledged_.push_back(event);
    }
    std::string name() const override { return name_; }

    /// The next `times` deliveries throw `error`.
    template <typename E>
    void fail(int times, const E& error) {
        const std::lock_guard lock(mutex_);
        for (int i = 0; i < times; ++i) failures_.push_back(std::make_exception_ptr(error));
    }
    void fail(int times) { fail(times, TransientError("deliver event to '" + name_ + "': connection refused")); }

    /// The diary: the id of each event it was asked to deliver, also where it failed.
    std::vector<std::string> attempted() const {
        const std::lock_guard lock(mutex_);
        return attempted_;
    }
    std::vector<Event> acknowledged() const {
        const std::lock_guard lock(mutex_);
        return acknowledged_;
    }
    std::vector<std::string> acknowledged_ids() const {
        std::vector<std::string> ids;
        for (const auto& event : acknowledged()) ids.push_back(event.id);
        return ids;
    }

    /// Called first in each delivery, without the lock: where a test makes a sink slow.
    std::function<void(const Event&)> before_deliver;

private:
    std::string name_;
    mutable std::mutex mutex_;
    std::deque<std::exception_ptr> failures_;
    std::vector<std::string> attempted_;
    std::vector<Event> acknowledged_;
};

}  // namespace freshet::test
