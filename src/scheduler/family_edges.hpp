// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace freshet::scheduler {

/// Counts of the dependencies between tasks by the families of both: the graph of families, which is small.
class FamilyEdges {
public:
    /// The family that requires, and the required one; null for tasks that nobody has registered.
    using Key = std::pair<Symbol, Symbol>;

    FamilyEdges() = default;
    FamilyEdges(const FamilyEdges&) = delete;
    FamilyEdges& operator=(const FamilyEdges&) = delete;

    void add(const Symbol& requiring, const Symbol& required, std::int64_t count);

    /// No count is zero.
    const std::map<Key, std::int64_t>& all() const { return counts_; }

private:
    using Counts = std::map<Key, std::int64_t>;

    Counts counts_;
    Counts::iterator last_ = counts_.end();  ///< most changes are the same as the one before
};

/// The family by which the edges of a task are counted.
inline Symbol edge_family(const Symbol& family) { return family && !family->empty() ? family : Symbol(); }

}  // namespace freshet::scheduler
