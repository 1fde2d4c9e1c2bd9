// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/history.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet::store {

/// Which attempts are searched for: those that match all that is given. Texts in any case.
struct AttemptFilter {
    std::string family{};
    std::string text{};                    ///< part of the task's id, which begins with the values of its parameters
    std::string status{};                  ///< RUNNING, DONE, FAILED, LOST, ...
    std::string error{};                   ///< part of the message
    std::optional<Time> since{};           ///< started then or later
    std::optional<Time> until{};           ///< started before
    std::optional<std::int64_t> before{};  ///< cursor of the last page; none: the newest
};

struct AttemptPage {
    std::vector<AttemptRow> attempts{};    ///< newest first
    std::optional<std::int64_t> next{};    ///< cursor of the next page; none: nothing older
    std::optional<Time> searched_until{};  ///< the oldest attempt that was examined
};

/// When an attempt began and ended.
struct AttemptTime {
    std::string run_id;
    std::string task_id;
    Time started{};
    std::optional<Time> ended{};
    std::string status;
};

/// Searches the attempts of all tasks, newest first; works with StateFile::open_read_only(). There is no index by text
/// or time: a page examines `max_examined` attempts at most, and the next goes on from there.
class AttemptSearch {
public:
    static constexpr std::int64_t max_examined = 200'000;

    explicit AttemptSearch(StateFile& state);

    AttemptPage find(const AttemptFilter& filter, std::size_t limit);
    /// The newest attempts, oldest first.
    std::vector<AttemptTime> newest(int limit);

private:
    Statement find_, newest_;
};

}  // namespace freshet::store
