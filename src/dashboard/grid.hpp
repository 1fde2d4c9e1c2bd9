// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/page_query.hpp"
#include "dashboard/snapshot.hpp"
#include "dashboard/views.hpp"
#include "freshet/json.hpp"
#include "scheduler/run_walk.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// A run here is a root task, which nothing requires, with all that it requires: one GFS cycle, for example. A root that
// has been removed is shown as it was then, as long as its family keeps it (FamilyStatsTable::max_runs).
namespace freshet::dashboard {

/// Which runs the grid shows.
struct GridFilter {
    std::string root{};  ///< family of the root tasks; "": the one with the newest run of more than one task
    std::size_t runs = default_runs;

    static constexpr std::size_t default_runs = 12;
    static constexpr std::size_t max_runs = 40;

    static GridFilter read(PageQuery& query);
};

/// Column of the grid.
struct GridRun {
    TaskRef root{};
    Time registered{};
    std::optional<Time> ended{};
    bool is_removed = false;                         ///< the scheduler does not know its tasks any more
    bool is_complete = true;                         ///< false: more tasks than counted
    std::size_t failed = 0;                          ///< failed, disabled or not scheduled
    bool awaits_external = false;                    ///< waits for an external task
    std::map<std::string, StatusCounts> families{};  ///< "": tasks that nobody has registered
};

/// Runs of one family of root tasks, newest first.
struct Grid {
    std::string root{};
    std::vector<std::string> roots{};  ///< families to choose from, the one with the newest run first
    std::vector<GridRun> runs{};
    Time taken{};
    std::string version{};

    /// The families with tasks in any of the runs, the root's first.
    std::vector<std::string> families() const;
};

inline constexpr std::size_t max_tasks_of_grid = 1'000'000;
inline constexpr std::size_t max_grid_roots = 50;

/// Fills the grid in slices.
class GridQuery final : public scheduler::SlicedQuery {
public:
    GridQuery(const SchedulerState& state, const GridFilter& filter, std::shared_ptr<Grid> grid, Time now);

    bool step(const SchedulerState& state, scheduler::Budget budget) override;
    scheduler::QueryResult take_result() override { return {}; }

private:
    void collect_runs(const SchedulerState& state, const GridFilter& filter);
    void finish_walk(GridRun& run);

    std::shared_ptr<Grid> grid_;
    Time now_;
    std::size_t left_ = max_tasks_of_grid;
    std::size_t next_ = 0;  ///< run
    std::optional<scheduler::RunWalk> walk_{};
};

std::string grid_page(const Grid& grid);
Json grid_json(const Grid& grid);

class Pages;
void serve_grid(const Pages& pages, Format format, const api::RequestContext& context, const GridFilter& filter,
                const http::Responder& respond);

}  // namespace freshet::dashboard
