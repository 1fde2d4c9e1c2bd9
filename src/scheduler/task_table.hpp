// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/index.hpp"
#include "scheduler/task.hpp"

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace freshet::scheduler {

/// All tasks and who depends on whom. Every change goes through here and keeps the counts of unfinished dependencies
/// and the index right.
class TaskTable {
public:
    TaskTable() = default;
    TaskTable(const TaskTable&) = delete;
    TaskTable& operator=(const TaskTable&) = delete;

    /// Nothing for a task that is only named as a dependency.
    std::optional<TaskId> find(std::string_view id) const;
    const Task& operator[](TaskId id) const { return tasks_[static_cast<std::size_t>(id)]; }
    const Index& index() const { return index_; }

    /// Makes a task known: status UNKNOWN, nobody's, the last in order. It must not be known yet.
    TaskId add(const std::string& id, Time now);
    /// So many are about to be restored.
    void reserve(std::size_t count);
    /// As it was in an earlier life, at its old place in the order. Its dependencies come later, by depend().
    TaskId restore(Task task);
    /// Forgets a task. Others that depend on it wait until it is registered again.
    void remove(TaskId id);

    /// Runs `f(Task&)` and brings everything that follows from the change up to date. `f` must not touch id, known,
    /// sequence, deps, dependants and counts.
    template <class F>
    void change(TaskId id, F&& f) {
        const Place before = place_of((*this)[id], id);
        f(at(id));
        touch(id);
        settle(id, before);
    }

    enum class Keep { nothing, old };
    /// Names the tasks that `id` depends on, instead of the old ones or besides them. Planning refuses cycles; here one
    /// only means that its tasks never become ready.
    void depend(TaskId id, std::span<const std::string> deps, Keep keep);

    /// Known tasks as they became known.
    std::vector<TaskId> in_order() const;
    std::vector<TaskId> in_order(Status status) const;

    /// Known tasks that changed since the last call, as they became known.
    std::vector<TaskId> take_touched();
    /// What changed so far is written already.
    void forget_touched();
    /// The ids of tasks that were removed since the last call and are not known again.
    std::vector<std::string> take_removed();

    // Each keeps a value once. They are here because they must outlive the tasks.
    Pool<std::string>& names() { return names_; }
    const Pool<std::string>& names() const { return names_; }
    Demand demand(const wire::Resources& resources) { return demands_.get(resources); }
    Policy policy(const wire::RetryPolicy& policy) { return policies_.get(policy); }
    Visibility visibility(const wire::Visibilities& visibilities) { return visibilities_.get(visibilities); }
    Crew crew(const std::vector<Name>& workers) { return crews_.get(workers); }
    Crew crew_with(const Crew& crew, const Name& worker);
    Crew crew_without(const Crew& crew, const std::vector<Name>& workers);

private:
    /// A task whose finished or blocking changed: what depends on it counts anew.
    struct Wave {
        TaskId task;
        int finished = 0;
        int blocking = 0;
    };

    Task& at(TaskId id) { return tasks_[static_cast<std::size_t>(id)]; }
    void touch(TaskId id) {
        if (!std::exchange(at(id).touched, true)) touched_.push_back(id);
    }
    TaskId named(const std::string& id);
    void free_if_unused(TaskId id);
    void become_known(TaskId id, Time now);
    void settle(TaskId id, const Place& before);
    std::optional<Wave> moved(TaskId id, const Place& before);
    void carry(const Wave& wave, std::vector<Wave>& further);
    void connect(TaskId id, TaskId dep);
    void disconnect(TaskId id, TaskId dep);
    void sort_by_sequence(std::vector<TaskId>& ids) const;

    // The pools come first: they must outlive all references.
    Pool<std::string> names_;
    Pool<wire::Resources> demands_;
    Pool<wire::RetryPolicy> policies_;
    Pool<wire::Visibilities> visibilities_;
    Pool<std::vector<Name>> crews_;
    std::deque<Task> tasks_;
    std::vector<TaskId> free_;
    std::unordered_map<std::string_view, TaskId> ids_;
    Index index_;
    std::uint64_t last_sequence_ = 0;
    std::vector<TaskId> touched_;  ///< also some that were removed since
    std::set<std::string> removed_;
};

}  // namespace freshet::scheduler
