// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/ready_queues.hpp"
#include "scheduler/roster.hpp"
#include "scheduler/task_chain.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// How many tasks a list of workers could run some time.
struct Tally {
    std::int64_t pending = 0;         ///< PENDING
    std::int64_t with_resources = 0;  ///< PENDING ones that need some
    std::int64_t countable = 0;       ///< PENDING or FAILED, and not waiting for something DISABLED
    std::int64_t running = 0;         ///< RUNNING, also as part of a batch

    friend bool operator==(const Tally&, const Tally&) = default;
};

/// How the tasks of one family stand.
struct FamilyTally {
    std::array<std::size_t, wire::status_texts.size()> by_status{};
    Chain roots{};  ///< those that nothing depends on

    std::size_t count(Status status) const { return by_status[static_cast<std::size_t>(status)]; }
    std::size_t count() const;
};

/// Finds tasks by what they are doing, so that nothing ever walks through all of them.
class Index {
public:
    /// The task that stood at `before` stands at `after` now.
    void move(const Place& before, const Place& after);
    /// The task that stands at `place` may have become a root, or ceased to be one; nothing else has changed.
    void move_root(const Place& place);

    const ReadyQueues& ready() const { return ready_; }
    std::size_t count(Status status) const { return by_status_[static_cast<std::size_t>(status)].size(); }
    std::size_t count() const;
    const TaskList& with(Status status) const { return by_status_[static_cast<std::size_t>(status)]; }

    /// Those that the worker can run, whatever their status.
    TaskList runnable_by(const Name& worker) const { return by_workers_.tasks_of(worker); }
    /// Those that the worker is a stakeholder of.
    TaskList of_interest_to(const Name& worker) const { return by_stakeholders_.tasks_of(worker); }

    /// RUNNING ones, by rank.
    const Ranks& running() const { return running_; }
    const Ranks& running_of(const Name& worker) const { return find(running_of_, worker); }
    /// RUNNING ones that these workers can run.
    const Ranks& running_among(const Crew& crew) const { return find(running_among_, crew); }
    const std::set<TaskId>& batch_running_of(const Name& worker) const { return find(batch_running_of_, worker); }
    const std::set<TaskId>& members_of(const Name& batch) const { return find(members_of_, batch); }
    /// What RUNNING tasks use up.
    const wire::Resources& used() const { return used_; }
    /// Grows when a task becomes ready and when resources are given back: who found no work need not look again before.
    std::uint64_t openings() const { return openings_; }
    /// Grows when nothing is left, pending or running, of what some workers registered.
    std::uint64_t endings() const { return endings_; }

    const std::map<Crew, Tally>& tallies() const { return tallies_; }
    /// The lists with a tally in which the worker is.
    const std::set<Crew>& crews_of(const Name& worker) const { return find(crews_of_, worker); }

    /// By name of the family; none is empty.
    const std::map<Name, FamilyTally>& families() const { return families_; }
    /// Of those that nothing depends on.
    std::vector<TaskId> newest_roots(const FamilyTally& family, std::size_t most) const {
        return roots_.first(family.roots, most);
    }

    const std::set<TaskId>& unwatched() const { return unwatched_; }
    const std::set<std::pair<Time, TaskId>>& wakes() const { return wakes_; }
    const std::set<std::pair<Time, TaskId>>& removals() const { return removals_; }

private:
    template <class Value>
    using ByName = std::map<Name, Value>;

    template <class Map>
    static const typename Map::mapped_type& find(const Map& map, const typename Map::key_type& key) {
        static const typename Map::mapped_type none;
        const auto found = map.find(key);
        return found == map.end() ? none : found->second;
    }

    void leave(const Place& place);
    void enter(const Place& place);
    void leave_runner(const Place& place);
    void enter_runner(const Place& place);
    void count(const Place& place, std::int64_t step);
    void move_crews(const Place& before, const Place& after);
    void move_family(const Place& before, const Place& after);
    void use(const Demand& demand, std::int64_t step);

    ReadyQueues ready_;
    std::array<TaskList, wire::status_texts.size()> by_status_;
    ListPositions status_positions_;
    Roster by_workers_;
    Roster by_stakeholders_;
    Ranks running_;
    ByName<Ranks> running_of_;
    std::map<Crew, Ranks> running_among_;
    ByName<std::set<TaskId>> batch_running_of_;
    ByName<std::set<TaskId>> members_of_;
    wire::Resources used_;
    std::uint64_t openings_ = 0;
    std::uint64_t endings_ = 0;
    std::map<Crew, Tally> tallies_;
    ByName<std::set<Crew>> crews_of_;
    ByName<FamilyTally> families_;
    ChainLinks roots_;
    std::set<TaskId> unwatched_;
    std::set<std::pair<Time, TaskId>> wakes_;
    std::set<std::pair<Time, TaskId>> removals_;
};

}  // namespace freshet::scheduler
