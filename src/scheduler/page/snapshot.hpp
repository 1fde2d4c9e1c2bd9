// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/board.hpp"
#include "scheduler/chronicle.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the first page shows: values, copied on the scheduler's thread, bounded whatever it knows.
namespace freshet::scheduler::page {

/// The first of many, and how many there are.
template <class T>
struct Listed {
    std::vector<T> items{};
    std::size_t total = 0;
};

/// A task to be named and linked.
struct TaskRef {
    std::string id{};
    std::string name{};
    Status status = Status::unknown;
};

/// A number that was counted no further than a limit.
struct Count {
    std::size_t number = 0;
    bool is_complete = true;
};

using StatusCounts = std::array<std::size_t, wire::status_texts.size()>;

/// A task that failed or waits for what is not there, and those of its family that stand like it.
struct Stuck {
    TaskRef task;
    std::string why;  ///< a sentence that begins after the name
    Time since{};
    bool is_tried_again = false;
    std::size_t alike = 0;  ///< others of its family
    Count holds_up{};       ///< how many tasks wait for it, directly or not
};

/// A task that others wait for.
struct Holder {
    TaskRef task;
    Count holds_up;  ///< directly or not
};

/// Tasks that could run but for one reason.
struct Queue {
    std::string why{};               ///< a sentence that begins after the name
    bool takes_an_operator = false;  ///< it will not pass by itself
    TaskRef next{};
    std::size_t tasks = 0;
};

struct RunningTask {
    TaskRef task;
    Time since{};
    std::string worker{};
    std::uint32_t attempt = 0;
    std::size_t batch = 0;             ///< how many tasks it stands for, if more than itself
    std::optional<double> progress{};  ///< 0 to 100
    std::string message{};
    std::string tracking_url{};
};

/// How far a task that nothing depends on has come, with all that it requires.
struct Run {
    TaskRef task;
    Time registered{};
    std::optional<Time> ended{};
    std::optional<StatusCounts> counts{};  ///< none: it is remembered, but its tasks are forgotten
    bool is_complete = true;               ///< false: there are more tasks than were counted
    std::size_t stuck = 0;                 ///< failed for good, or tried again after a mistake, or unplanned
    bool awaits_others = false;            ///< something that is made elsewhere is not there yet
    std::string why{};
};

struct RootFamily {
    std::string name{};
    Listed<Run> runs{};
    std::optional<Time> last_success{};
    std::optional<Time::duration> last_duration{};
};

struct WorkerLine {
    std::string name{};
    std::string host{};
    bool is_disabled = false;
    bool is_silent = false;  ///< for longer than a worker that is well
    bool is_assistant = false;
    std::size_t running = 0;
    std::int64_t slots = 1;
    Time started{};
    Time last_active{};
    std::string first_task{};
};

struct ResourceLine {
    std::string name{};
    std::int64_t used = 0;  ///< of a rate: what was handed out within the last minute
    std::int64_t limit = 0;
    bool is_rate = false;
};

struct FamilyLine {
    std::string name{};
    StatusCounts counts{};
};

struct Snapshot {
    Time taken{};
    bool is_paused = false;
    StatusCounts counts{};
    std::size_t total = 0;
    std::size_t ready = 0;  ///< wait for no other task
    Listed<Stuck> failed{};
    Listed<Stuck> late{};        ///< wait for what is not there yet
    bool all_stuck_seen = true;  ///< false: there are so many that only some were looked at
    std::vector<Queue> queues{};
    std::vector<Holder> holders{};  ///< of all that is shown, what most tasks wait for
    Listed<RunningTask> running{};
    Listed<RootFamily> roots{};
    Listed<WorkerLine> workers{};
    Time::duration patience{};  ///< a worker that is silent for longer is given up
    Listed<ResourceLine> resources{};
    Listed<FamilyLine> families{};

    std::size_t count(Status status) const { return counts[static_cast<std::size_t>(status)]; }
};

/// To be called on the scheduler's thread, for a few milliseconds at most.
Snapshot take_snapshot(const Board& board, Time now);

}  // namespace freshet::scheduler::page
