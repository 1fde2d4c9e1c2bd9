// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/index.hpp"

#include <numeric>

namespace freshet::scheduler {

namespace {

template <class Map, class Value>
void erase_from(Map& map, const typename Map::key_type& key, const Value& value) {
    const auto found = map.find(key);
    found->second.erase(value);
    if (found->second.empty()) map.erase(found);
}

}  // namespace

void Index::move(const Place& before, const Place& after) {
    if (before == after) return;
    if (before.known) leave(before);
    if (after.known) enter(after);
    move_crews(before, after);
    move_family(before, after);
}

std::size_t Index::count() const {
    std::size_t sum = 0;
    for (const auto& tasks : by_status_) sum += tasks.size();
    return sum;
}

std::size_t FamilyTally::count() const { return std::accumulate(by_status.begin(), by_status.end(), std::size_t{0}); }

void Index::leave(const Place& place) {
    const TaskId task = place.rank.task;
    status_positions_.leave(by_status_[static_cast<std::size_t>(place.status)], task);
    if (place.ready) ready_.leave(place);
    if (place.unwatched) unwatched_.erase(task);
    if (place.wake != never) wakes_.erase({place.wake, task});
    if (place.remove != never) removals_.erase({place.remove, task});
    leave_runner(place);
    count(place, -1);
}

void Index::enter(const Place& place) {
    const TaskId task = place.rank.task;
    status_positions_.enter(by_status_[static_cast<std::size_t>(place.status)], task);
    if (place.ready) ready_.enter(place), ++openings_;
    if (place.unwatched) unwatched_.insert(task);
    if (place.wake != never) wakes_.insert({place.wake, task});
    if (place.remove != never) removals_.insert({place.remove, task});
    enter_runner(place);
    count(place, 1);
}

/// Few changes are of crews, and lists need not be left for the others.
void Index::move_crews(const Place& before, const Place& after) {
    const auto move_in = [&](Roster& roster, const Crew& old, const Crew& fresh) {
        if (before.known && after.known && old == fresh) return;
        if (before.known) roster.leave(old, before.rank.task);
        if (after.known) roster.enter(fresh, after.rank.task);
    };
    move_in(by_workers_, before.workers, after.workers);
    move_in(by_stakeholders_, before.stakeholders, after.stakeholders);
}

void Index::leave_runner(const Place& place) {
    if (place.status == Status::running) {
        running_.erase(place.rank);
        use(place.resources_running, -1);
        erase_from(running_among_, place.workers, place.rank);
        if (place.runner) erase_from(running_of_, place.runner, place.rank);
    } else if (place.status == Status::batch_running) {
        if (place.runner) erase_from(batch_running_of_, place.runner, place.rank.task);
        if (place.batch) erase_from(members_of_, place.batch, place.rank.task);
    }
}

void Index::enter_runner(const Place& place) {
    if (place.status == Status::running) {
        running_.insert(place.rank);
        use(place.resources_running, 1);
        running_among_[place.workers].insert(place.rank);
        if (place.runner) running_of_[place.runner].insert(place.rank);
    } else if (place.status == Status::batch_running) {
        if (place.runner) batch_running_of_[place.runner].insert(place.rank.task);
        if (place.batch) members_of_[place.batch].insert(place.rank.task);
    }
}

void Index::move_family(const Place& before, const Place& after) {
    const bool stays = before.known && after.known && before.family == after.family;
    if (before.known) {
        const auto found = families_.find(before.family);
        --found->second.by_status[static_cast<std::size_t>(before.status)];
        if (!stays) roots_.remove(found->second.roots, before.rank.task);
        if (!stays && found->second.count() == 0) families_.erase(found);
    }
    if (!after.known) return;
    ++families_[after.family].by_status[static_cast<std::size_t>(after.status)];
    move_root(after);
}

void Index::move_root(const Place& place) {
    if (!place.known) return;
    Chain& roots = families_[place.family].roots;
    if (place.root)
        roots_.add(roots, place.rank.task, place.rank.sequence);
    else
        roots_.remove(roots, place.rank.task);
}

void Index::use(const Demand& demand, std::int64_t step) {
    if (!demand || demand->empty()) return;
    if (step < 0) ++openings_;
    for (const auto& [name, amount] : *demand)
        if ((used_[name] += step * amount) == 0) used_.erase(name);
}

void Index::count(const Place& place, std::int64_t step) {
    const bool pending = place.status == Status::pending;
    const bool running = place.status == Status::running || place.status == Status::batch_running;
    if ((!pending && !running && place.status != Status::failed) || place.workers->empty()) return;
    auto& tally = tallies_[place.workers];
    if (tally == Tally{})
        for (const Name& worker : *place.workers) crews_of_[worker].insert(place.workers);
    if (pending) tally.pending += step;
    if (pending && !place.resources->empty()) tally.with_resources += step;
    if (!place.blocking && !running) tally.countable += step;
    if (running) tally.running += step;
    if (tally != Tally{}) return;
    for (const Name& worker : *place.workers) erase_from(crews_of_, worker, place.workers);
    tallies_.erase(place.workers);
    ++endings_;
}

}  // namespace freshet::scheduler
