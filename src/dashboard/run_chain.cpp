// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/run_chain.hpp"

#include <algorithm>

namespace freshet::dashboard {

namespace {

/// Finds the longest chain below each task, without recursion: a chain may have thousands of tasks.
class ChainSearch {
public:
    ChainSearch(const RunGraph& graph, std::map<std::string, Time::duration> durations)
        : graph_(graph), durations_(std::move(durations)) {}

    std::vector<std::string> longest() {
        std::string best;
        for (const auto& [task, took] : durations_) {
            visit(task);
            if (best.empty() || chains_[task].total > chains_[best].total) best = task;
        }
        std::vector<std::string> chain;
        for (std::string task = best; !task.empty(); task = chains_[task].next) chain.push_back(task);
        std::ranges::reverse(chain);
        return chain;
    }

private:
    struct Chain {
        Time::duration total{};
        std::string next{};  ///< required; "": none
        bool is_open = true;
    };

    void visit(const std::string& start) {
        std::vector<std::string> path{start};
        while (!path.empty()) {
            const std::string task = path.back();
            const bool is_new = chains_.try_emplace(task).second;
            bool is_ready = true;
            if (is_new)
                for (const std::string& required : requirements_of(task))
                    if (!chains_.contains(required)) path.push_back(required), is_ready = false;
            if (!is_ready) continue;
            path.pop_back();
            if (chains_[task].is_open) finish(task);
        }
    }

    void finish(const std::string& task) {
        Chain chain{.is_open = false};
        for (const std::string& required : requirements_of(task)) {
            const Chain& below = chains_[required];
            if (!below.is_open && below.total > chain.total) chain = {below.total, required, false};
        }
        chain.total += durations_[task];
        chains_[task] = chain;
    }

    const std::vector<std::string>& requirements_of(const std::string& task) const {
        static const std::vector<std::string> none;
        const auto found = graph_.requirements.find(task);
        return found == graph_.requirements.end() ? none : found->second;
    }

    const RunGraph& graph_;
    std::map<std::string, Time::duration> durations_;
    std::map<std::string, Chain> chains_;
};

void take_kept_chain(const SchedulerState& state, const std::set<std::string>& tasks, RunGraph& graph) {
    for (const auto& [name, stats] : state.family_stats.families())
        for (const scheduler::RecentRun& run : stats.runs) {
            if (run.longest_chain.size() <= graph.kept_chain.size() || !tasks.contains(run.task_id)) continue;
            graph.kept_chain.clear();
            for (const scheduler::ChainLink& link : run.longest_chain) graph.kept_chain.push_back(link.task_id);
        }
}

}  // namespace

RunGraph take_run_graph(const SchedulerState& state, const std::set<std::string>& tasks) {
    RunGraph graph;
    std::size_t examined = 0;
    for (const std::string& id : tasks) {
        const auto task = state.tasks.find(id);
        if (!task) continue;
        auto& requirements = graph.requirements[id];
        for (const TaskId dep : state.tasks[*task].deps) {
            if (examined++ == max_run_edges) return graph;
            if (tasks.contains(state.tasks[dep].id)) requirements.push_back(state.tasks[dep].id);
        }
    }
    if (graph.requirements.empty()) take_kept_chain(state, tasks, graph);
    return graph;
}

std::vector<std::string> longest_chain(const std::vector<store::AttemptRow>& attempts, const RunGraph& graph,
                                       Time now) {
    if (graph.requirements.empty()) return graph.kept_chain;
    std::map<std::string, Time::duration> durations;
    for (const store::AttemptRow& attempt : attempts)
        if (graph.requirements.contains(attempt.task_id))
            durations[attempt.task_id] = attempt.ended.value_or(now) - attempt.started;
    return ChainSearch(graph, std::move(durations)).longest();
}

}  // namespace freshet::dashboard
