// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/family_edges.hpp"
#include "scheduler/search_index.hpp"
#include "scheduler/task.hpp"
#include "scheduler/task_index.hpp"

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace freshet::scheduler {

/// All tasks and their dependency graph. Every change goes through here and keeps the counts of unfinished dependencies
/// and the index up to date.
class TaskTable {
public:
    TaskTable() = default;
    TaskTable(const TaskTable&) = delete;
    TaskTable& operator=(const TaskTable&) = delete;

    /// Finds a registered task; nullopt for one that is only named as a dependency.
    std::optional<TaskId> find(std::string_view id) const;
    const Task& operator[](TaskId id) const { return tasks_[static_cast<std::size_t>(id)]; }
    const TaskIndex& index() const { return index_; }
    const FamilyEdges& family_edges() const { return family_edges_; }
    /// Tasks have ids below this number; some of them may be unused.
    std::size_t id_limit() const { return tasks_.size(); }
    /// A cache of the names of tasks, completed by searches.
    SearchIndex& search_index() const { return search_index_; }

    /// Adds a task with status UNKNOWN and no workers, last in order. Must not be known yet.
    TaskId add(const std::string& id, Time now);
    /// Reserves memory for the tasks about to be restored.
    void reserve(std::size_t count);
    /// Restores a saved task at its place in the order. Its dependencies follow by set_dependencies().
    TaskId restore(Task task);
    /// Removes a task. Its dependants wait until it is registered again.
    void remove(TaskId id);

    /// Calls `f(Task&)` and updates everything that follows from the change. `f` must not touch id, known, sequence,
    /// deps, dependants and counts.
    template <class F>
    void change(TaskId id, F&& f) {
        const IndexKey before = index_key((*this)[id], id);
        const NameKey name = name_key((*this)[id]);
        f(at(id));
        if (name != name_key((*this)[id])) search_index_.insert(id, (*this)[id]);
        search_index_.set_has_error(id, static_cast<bool>((*this)[id].expl));
        mark_dirty(id);
        reindex(id, before);
    }

    enum class DependencyUpdate { replace, append };
    /// Replaces or extends the dependencies of `id`. Cycles are rejected by planning; here their tasks just never
    /// become ready.
    void set_dependencies(TaskId id, std::span<const std::string> deps, DependencyUpdate update);

    /// Registered tasks in order of registration.
    std::vector<TaskId> in_order() const;
    std::vector<TaskId> in_order(Status status) const;

    /// Registered tasks that changed since the last call, in order of registration.
    std::vector<TaskId> take_dirty();
    /// Drops the changes so far: they are saved already.
    void clear_dirty();
    /// The ids of tasks that were removed since the last call and not registered again.
    std::vector<std::string> take_removed();

    // Interners. Members of the table because they must outlive the tasks.
    Interner<std::string>& symbols() { return symbols_; }
    const Interner<std::string>& symbols() const { return symbols_; }
    ResourceRequest resource_request(const rpc::Resources& resources) { return resource_requests_.intern(resources); }
    Policy policy(const rpc::RetryPolicy& policy) { return policies_.intern(policy); }
    Visibility visibility(const rpc::Visibilities& visibilities) { return visibilities_.intern(visibilities); }
    NameParams name_params(const std::vector<std::string>& names) { return name_params_.intern(names); }
    WorkerSet worker_set(const std::vector<Symbol>& workers) { return worker_sets_.intern(workers); }
    WorkerSet worker_set_with(const WorkerSet& worker_set, const Symbol& worker);
    WorkerSet worker_set_without(const WorkerSet& worker_set, const std::vector<Symbol>& workers);

private:
    /// A change of `finished` or `blocking`, to be propagated to the dependants of the task.
    struct Propagation {
        TaskId task;
        int finished = 0;
        int blocking = 0;
    };

    /// Projection of a task on what its name depends on: the first description of a task stays.
    using NameKey = std::tuple<const void*, const void*, std::size_t>;
    static NameKey name_key(const Task& task) {
        return {task.family.get(), task.visibilities.get(), task.params.size()};
    }

    Task& at(TaskId id) { return tasks_[static_cast<std::size_t>(id)]; }
    void mark_dirty(TaskId id) {
        if (!std::exchange(at(id).dirty, true)) dirty_.push_back(id);
    }
    TaskId find_or_create(const std::string& id);
    void free_if_unused(TaskId id);
    void initialize(TaskId id, Time now);
    void reindex(TaskId id, const IndexKey& before);
    std::optional<Propagation> update_index(TaskId id, const IndexKey& before);
    void propagate(const Propagation& propagation, std::vector<Propagation>& further);
    void add_edge(TaskId id, TaskId dep);
    void remove_edge(TaskId id, TaskId dep);
    void count_edge(TaskId id, TaskId dep, std::int64_t step);
    void move_edges(TaskId id, const Symbol& before, const Symbol& after);
    void sort_by_sequence(std::vector<TaskId>& ids) const;

    // The interners come first: they must outlive all references.
    Interner<std::string> symbols_;
    Interner<rpc::Resources> resource_requests_;
    Interner<rpc::RetryPolicy> policies_;
    Interner<rpc::Visibilities> visibilities_;
    Interner<std::vector<std::string>> name_params_;
    Interner<std::vector<Symbol>> worker_sets_;
    std::deque<Task> tasks_;
    std::vector<TaskId> free_;
    std::unordered_map<std::string_view, TaskId> ids_;
    TaskIndex index_;
    FamilyEdges family_edges_;
    mutable SearchIndex search_index_;
    std::uint64_t last_sequence_ = 0;
    std::vector<TaskId> dirty_;  ///< may contain tasks removed since
    std::set<std::string> removed_;
};

}  // namespace freshet::scheduler
