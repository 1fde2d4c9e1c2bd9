// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>

namespace freshet::scheduler {

/// Signature of a text: a bit for the hash of each three bytes in a row.
class Signature {
public:
    void add(std::string_view text);
    /// False: the text of `other` is not part of this one's.
    bool may_contain(const Signature& other) const;
    bool empty() const { return *this == Signature{}; }

    friend bool operator==(const Signature&, const Signature&) = default;

private:
    std::array<std::uint64_t, 4> bits_{};
};

/// Signatures of the names and ids of tasks, in small letters, and which tasks have an error. A search reads those of a
/// million tasks in some milliseconds, and visits few tasks. Restored tasks are indexed by the first search that visits
/// them, since a start must be quick.
class SearchIndex {
public:
    /// False: neither the name nor the id of the task contains the searched texts. True for a task not yet indexed.
    bool may_match(TaskId task, const Signature& searched) const;
    bool contains(TaskId task) const;
    void insert(TaskId task, const Task& named);
    void erase(TaskId task);

    /// True if the task's last report explained something: an error, or a result.
    bool has_error(TaskId task) const;
    void set_has_error(TaskId task, bool has_error);

private:
    struct Entry {
        Signature names{};  ///< empty: not indexed
        bool has_error = false;
    };

    Entry& entry(TaskId task);

    std::deque<Entry> entries_;  ///< by task
};

}  // namespace freshet::scheduler
