// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace freshet::http {

class BudgetShare;

/// Memory that the requests of a server may hold together. Thread-safe.
class MemoryBudget : public std::enable_shared_from_this<MemoryBudget> {
public:
    using OnGranted = std::function<void(std::shared_ptr<BudgetShare>)>;

    explicit MemoryBudget(std::size_t bytes) : left_(bytes) {}

    /// Calls `on_granted` once the bytes are available, now or on the thread that returns them: first come, first
    /// served. More than the whole budget is never granted.
    void acquire(std::size_t bytes, OnGranted on_granted);

private:
    friend class BudgetShare;
    struct Waiting {
        std::size_t bytes;
        OnGranted on_granted;
    };

    bool try_take(std::size_t bytes);
    void give_back(std::size_t bytes);

    std::mutex mutex_;
    std::size_t left_;             // guarded by mutex_
    std::deque<Waiting> waiting_;  // guarded by mutex_
};

/// Part of a budget, returned by the destructor.
class BudgetShare {
public:
    explicit BudgetShare(std::shared_ptr<MemoryBudget> budget, std::size_t bytes = 0)
        : budget_(std::move(budget)), bytes_(bytes) {}
    ~BudgetShare() { budget_->give_back(bytes_); }
    BudgetShare(const BudgetShare&) = delete;
    BudgetShare& operator=(const BudgetShare&) = delete;

    /// Returns false if the budget has not that much left, or others wait for it.
    bool try_grow_to(std::size_t bytes);

private:
    std::shared_ptr<MemoryBudget> budget_;
    std::size_t bytes_;
};

}  // namespace freshet::http
