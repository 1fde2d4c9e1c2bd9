// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/scheduler_protocol.hpp"

#include "worker/registration.hpp"
#include "worker/task_states.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace freshet::worker {

namespace {

// No attempt has this lease: a registration under it changes nothing, but is answered with the task's state. A plain
// one would undo the completion of an external task whose output cannot be seen from here.
constexpr rpc::LeaseToken no_lease = 0;

// A luigid answers one call at a time, to all workers: one round of queries must not keep it busy.
constexpr std::size_t max_direct_queries = 10;    // tasks queried one by one, with two calls for each
constexpr std::size_t max_tasks_per_round = 100;  // the other tasks are queried in the next rounds
constexpr std::size_t max_graphs_per_round = 20;
constexpr std::int64_t max_graph_tasks = 10'000;  // about ten megabytes of answer

/// The registrations of tasks with those of their external requirements whose output exists.
rpc::RegisterTasks registrations(const Plan& plan, const TaskStates& states, const std::vector<std::size_t>& nodes,
                                 const std::string& worker) {
    rpc::RegisterTasks request;
    for (const std::size_t node : nodes) request.tasks.push_back(registration(plan, states, node, worker));
    std::set<std::size_t> added;
    for (const std::size_t node : nodes)
        for (const std::size_t required : plan[node].requirements)
            if (states.is_external(required) && states[required].is_done && added.insert(required).second)
                request.tasks.push_back(external_done(plan[required].task, worker));
    return request;
}

/// A remote scheduler answers each request by itself: without work for one slot it has none for the next.
std::vector<rpc::GetWork> single_work_request(const WorkerOptions& options, int free_slots) {
    if (free_slots == 0) return {};
    return {rpc::GetWork{.worker = options.id, .families = options.families}};
}

/// Returns the families of which as many attempts run as may.
std::vector<std::string> full_families(const WorkerOptions& options, const TaskStates& states) {
    std::vector<std::string> full;
    for (const FamilyLimit& limit : options.family_limits) {
        const auto running = std::ranges::count_if(states.running(), [&](const auto& attempt) {
            return std::ranges::count(limit.families, attempt.second.task.type().family) > 0;
        });
        if (running >= limit.attempts) full.insert(full.end(), limit.families.begin(), limit.families.end());
    }
    return full;
}

std::vector<NodeState> paired(const std::vector<std::size_t>& nodes, std::vector<rpc::TaskAdded> states) {
    std::vector<NodeState> pairs;
    for (std::size_t i = 0; i < nodes.size() && i < states.size(); ++i)
        pairs.push_back({nodes[i], std::move(states[i])});
    return pairs;
}

class FreshetdProtocol : public SchedulerProtocol {
public:
    FreshetdProtocol(const WorkerOptions& options, SchedulerClient& scheduler, const Plan& plan,
                     const TaskStates& states)
        : options_(options), scheduler_(scheduler), plan_(plan), states_(states) {}

    bool is_shared() const override { return true; }
    bool has_leases() const override { return true; }
    std::vector<rpc::GetWork> work_requests(int free_slots) const override {
        auto requests = single_work_request(options_, free_slots);
        for (rpc::GetWork& request : requests) request.except_families = full_families(options_, states_);
        return requests;
    }

    std::vector<NodeState> query(std::vector<std::size_t> nodes) override {
        if (nodes.empty()) return {};
        return paired(nodes, register_tasks(scheduler_, registrations(plan_, states_, nodes, options_.id)));
    }

    std::vector<NodeState> query_external(std::vector<std::size_t> nodes) override {
        if (nodes.empty()) return {};
        rpc::RegisterTasks request;
        for (const std::size_t node : nodes) {
            request.tasks.push_back(registration(plan_, node, options_.id));
            request.tasks.back().lease = no_lease;
        }
        return paired(nodes, register_tasks(scheduler_, std::move(request)));
    }

    rpc::TaskAdded state_after_registration(std::size_t, const rpc::TaskAdded& answer) override { return answer; }

private:
    const WorkerOptions& options_;
    SchedulerClient& scheduler_;
    const Plan& plan_;
    const TaskStates& states_;
};

/// As with a freshetd, while there are other workers.
class EmbeddedProtocol final : public FreshetdProtocol {
public:
    EmbeddedProtocol(const WorkerOptions& options, SchedulerClient& scheduler, const Plan& plan,
                     const TaskStates& states)
        : FreshetdProtocol(options, scheduler, plan, states), options_(options) {}

    bool is_shared() const override { return options_.has_other_workers(); }
    std::vector<rpc::GetWork> work_requests(int free_slots) const override {
        // One after the other where the first may fill a family.
        if (!options_.family_limits.empty()) return FreshetdProtocol::work_requests(free_slots);
        return std::vector(static_cast<std::size_t>(free_slots), rpc::GetWork{.worker = options_.id});
    }
    // Nobody else changes the states of the tasks of a scheduler that is not shared.
    std::vector<NodeState> query(std::vector<std::size_t> nodes) override {
        return is_shared() ? FreshetdProtocol::query(std::move(nodes)) : std::vector<NodeState>{};
    }
    std::vector<NodeState> query_external(std::vector<std::size_t> nodes) override {
        return is_shared() ? FreshetdProtocol::query_external(std::move(nodes)) : std::vector<NodeState>{};
    }

private:
    const WorkerOptions& options_;
};

std::vector<std::string> workers_of(const Json& task) {
    std::vector<std::string> names;
    const Json* workers = task.find("workers");
    if (workers && workers->is_array())
        for (const Json& worker : workers->as_array()) names.push_back(worker.as_string());
    return names;
}

rpc::TaskAdded parse_state(const Json& task) {
    return {.status = rpc::status_from(task.at("status").as_string()), .is_offered = !workers_of(task).empty()};
}

/// Reads states from dependency graphs, as a luigid's answers to registrations have none.
class LuigidProtocol final : public SchedulerProtocol {
public:
    LuigidProtocol(const WorkerOptions& options, SchedulerClient& scheduler, const Plan& plan, const TaskStates& states)
        : options_(options), scheduler_(scheduler), plan_(plan), states_(states) {}

    bool is_shared() const override { return true; }
    bool has_leases() const override { return false; }
    std::vector<rpc::GetWork> work_requests(int free_slots) const override {
        return single_work_request(options_, free_slots);
    }

    std::vector<NodeState> query(std::vector<std::size_t> nodes) override {
        std::vector<NodeState> known = take_pending(nodes);
        limit_round(nodes, next_queried_);
        if (nodes.empty()) return known;
        register_tasks(scheduler_, registrations(plan_, states_, nodes, options_.id));
        for (const std::size_t node : nodes) known.push_back({node, query_state(node)});
        return known;
    }

    std::vector<NodeState> query_external(std::vector<std::size_t> nodes) override {
        std::vector<NodeState> known = take_pending(nodes);
        limit_round(nodes, next_external_);
        for (const std::size_t node : nodes) known.push_back({node, query_state(node)});
        return known;
    }

    rpc::TaskAdded state_after_registration(std::size_t node, const rpc::TaskAdded&) override {
        return query_state(node);
    }

private:
    /// Returns the states of the unfinished tasks in the graph of a task and all its requirements, by task id.
    Json query_graph(std::size_t node) {
        const auto responses =
            scheduler_.call({rpc::DepGraph{.task_id = plan_[node].task.id(), .include_done = false}});
        const auto* graph = std::get_if<Json>(&responses.front());
        return graph && graph->is_object() ? *graph : Json::object();
    }

    rpc::TaskAdded query_state(std::size_t node) {
        const Json graph = query_graph(node);
        const Json* found = graph.find(plan_[node].task.id());
        return found ? parse_state(*found) : rpc::TaskAdded{};
    }

    /// Moves the tasks that are pending at the luigid, as they should be, from `nodes` to the result. Small sets are
    /// not worth the graphs.
    std::vector<NodeState> take_pending(std::vector<std::size_t>& nodes) {
        std::vector<NodeState> taken;
        if (nodes.size() <= max_direct_queries) return taken;
        const auto pending = query_pending();
        std::erase_if(nodes, [&](std::size_t node) {
            const auto found = pending.find(node);
            if (found != pending.end()) taken.push_back({node, found->second});
            return found != pending.end();
        });
        return taken;
    }

    std::map<std::size_t, rpc::TaskAdded> query_pending() {
        std::map<std::size_t, rpc::TaskAdded> pending;
        if (states_.count_pending() > max_graph_tasks) return pending;
        std::size_t graphs = 0;
        for (const std::size_t root : plan_.roots()) {
            if (!states_.is_pending(root) || pending.contains(root)) continue;
            if (++graphs > max_graphs_per_round) break;
            const Json graph = query_graph(root);
            for (const auto& [id, task] : graph.as_object()) {
                const auto node = plan_.find(id);
                if (node && is_pending_in(task, *node)) pending.emplace(*node, parse_state(task));
            }
        }
        return pending;
    }

    bool is_pending_in(const Json& task, std::size_t node) const {
        if (states_.is_external(node)) return true;  // whatever its state, another worker handles it
        const std::string& status = task.at("status").as_string();
        if (status != "PENDING" && status != "RUNNING" && status != "BATCH_RUNNING") return false;
        const auto workers = workers_of(task);  // a luigid assigns the task to one of these
        return std::ranges::find(workers, options_.id) != workers.end();
    }

    /// Keeps the nodes whose turn it is; `next` is the first of the next round.
    static void limit_round(std::vector<std::size_t>& nodes, std::size_t& next) {
        if (nodes.size() <= max_direct_queries) return;
        std::ranges::sort(nodes);
        std::ranges::rotate(nodes, std::ranges::lower_bound(nodes, next));
        if (nodes.size() > max_tasks_per_round) nodes.resize(max_tasks_per_round);
        next = nodes.back() + 1;
    }

    const WorkerOptions& options_;
    SchedulerClient& scheduler_;
    const Plan& plan_;
    const TaskStates& states_;
    std::size_t next_queried_ = 0;
    std::size_t next_external_ = 0;
};

}  // namespace

std::unique_ptr<SchedulerProtocol> make_protocol(const WorkerOptions& options, SchedulerClient& scheduler,
                                                 const Plan& plan, TaskStates& states) {
    switch (options.scheduler_kind) {
        case SchedulerKind::freshetd:
            return std::make_unique<FreshetdProtocol>(options, scheduler, plan, states);
        case SchedulerKind::luigid:
            return std::make_unique<LuigidProtocol>(options, scheduler, plan, states);
        default:
            return std::make_unique<EmbeddedProtocol>(options, scheduler, plan, states);
    }
}

}  // namespace freshet::worker
