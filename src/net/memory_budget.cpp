// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/memory_budget.hpp"

#include <utility>
#include <vector>

namespace freshet::http {

void MemoryBudget::acquire(std::size_t bytes, OnGranted on_granted) {
    {
        const std::lock_guard lock{mutex_};
        if (!waiting_.empty() || bytes > left_) return waiting_.push_back({bytes, std::move(on_granted)});
        left_ -= bytes;
    }
    on_granted(std::make_shared<BudgetShare>(shared_from_this(), bytes));
}

bool MemoryBudget::try_take(std::size_t bytes) {
    const std::lock_guard lock{mutex_};
    if (!waiting_.empty() || bytes > left_) return false;
    left_ -= bytes;
    return true;
}

void MemoryBudget::give_back(std::size_t bytes) {
    std::vector<Waiting> granted;
    {
        const std::lock_guard lock{mutex_};
        left_ += bytes;
        while (!waiting_.empty() && waiting_.front().bytes <= left_) {
            left_ -= waiting_.front().bytes;
            granted.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
    }
    for (const Waiting& one : granted) one.on_granted(std::make_shared<BudgetShare>(shared_from_this(), one.bytes));
}

bool BudgetShare::try_grow_to(std::size_t bytes) {
    if (bytes <= bytes_) return true;
    if (!budget_->try_take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
}

}  // namespace freshet::http
