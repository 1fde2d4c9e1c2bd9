// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/page_query.hpp"
#include "dashboard/snapshot.hpp"
#include "dashboard/views.hpp"
#include "freshet/json.hpp"
#include "scheduler/run_walk.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// No request reads the whole graph: families come from the scheduler's counts, and of the tasks a few are drawn.
namespace freshet::dashboard {

/// Which part of the graph is shown: all families; the tasks of one; the neighbourhood of a task; the longest chain of
/// a run.
struct GraphFilter {
    std::string family{};
    std::optional<std::int64_t> after{};  ///< cursor of the last page of the family's tasks
    std::string task{};                   ///< id
    std::size_t depth = default_depth;    ///< steps from the task, in both directions
    std::string run{};                    ///< id of the root task

    static constexpr std::size_t default_depth = 2;
    static constexpr std::size_t max_depth = 6;

    static GraphFilter read(PageQuery& query);
    std::string address() const;
};

/// A family with its counts, or a task.
struct GraphNode {
    std::string family{};  ///< "": not registered
    StatusCounts counts{};
    std::optional<TaskRef> task{};         ///< none: the node is the family
    std::optional<Time::duration> took{};  ///< its last attempt
    std::size_t hidden = 0;                ///< neighbours that are not drawn
    bool is_focus = false;                 ///< the page is about it
};

struct GraphEdge {
    std::size_t required = 0;   ///< node
    std::size_t requiring = 0;  ///< node
    std::size_t count = 1;      ///< dependencies between tasks
    bool is_blocking = false;   ///< what is required is not done
};

struct GraphView {
    GraphFilter filter{};
    std::vector<GraphNode> nodes{};
    std::vector<GraphEdge> edges{};
    std::size_t omitted = 0;                   ///< families that are not shown
    std::optional<std::int64_t> next{};        ///< cursor of the next page
    std::string why{};                         ///< of the task: a sentence that begins after its name
    std::optional<Time::duration> run_took{};  ///< from registration to the end, or to now
    bool is_known = true;                      ///< false: there is no such task, or run
    Time taken{};
    std::string version{};
};

inline constexpr std::size_t max_graph_families = 60;
inline constexpr std::size_t max_family_edges = 20'000;  ///< examined
inline constexpr std::size_t max_drawn_tasks = 30;       ///< of a family on one page, and of a task in each direction
inline constexpr std::size_t max_neighbours_examined = 1'000;
inline constexpr std::size_t max_drawn_neighbours = 8;  ///< of one task
inline constexpr std::size_t max_chain_links = 50;
inline constexpr std::size_t max_tasks_of_run = 1'000'000;

/// The graph of families, from the scheduler's counts.
GraphView take_family_graph(const SchedulerState& state, Time now);
/// Some tasks of a family, and the families next to them.
GraphView take_family_tasks(const SchedulerState& state, const std::string& family, const std::vector<std::string>& ids,
                            Time now);
/// What a task requires, and what requires it, a few steps far; those that block it first.
GraphView take_task_graph(const SchedulerState& state, const GraphFilter& filter, Time now);

/// Finds the longest chain of a run, in slices; of a run whose tasks were removed, the one that was kept.
class ChainQuery final : public scheduler::SlicedQuery {
public:
    ChainQuery(const SchedulerState& state, std::shared_ptr<GraphView> view, Time now);

    bool step(const SchedulerState& state, scheduler::Budget budget) override;
    scheduler::QueryResult take_result() override { return {}; }

private:
    void add(const SchedulerState& state, GraphNode node);
    void take_kept(const SchedulerState& state);

    std::shared_ptr<GraphView> view_;
    Time now_;
    std::optional<scheduler::RunWalk> walk_{};
};

std::string graph_page(const GraphView& view);
Json graph_json(const GraphView& view);

class Pages;
void serve_graph(const Pages& pages, Format format, const api::RequestContext& context, const GraphFilter& filter,
                 const http::Responder& respond);

}  // namespace freshet::dashboard
