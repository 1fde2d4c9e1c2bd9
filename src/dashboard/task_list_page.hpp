// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/page_query.hpp"
#include "dashboard/snapshot.hpp"
#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "scheduler/sliced_query.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace freshet::dashboard {

/// Which tasks a list shows: those that match every text that is not empty. The query of the page's address has it.
struct TaskFilter {
    std::string status{};
    std::string family{};
    std::string worker{};                 ///< that runs them, or was the last to do so
    std::string text{};                   ///< words of the name, which has the parameters
    std::string error{};                  ///< part of the last error
    std::string below{};                  ///< id of a task that is one of them or requires them
    std::optional<std::int64_t> after{};  ///< cursor of the last page; none: the first page

    static TaskFilter read(PageQuery& query);
    /// The query, from which read() makes the filter again.
    FormFields fields() const;
    /// The request for one page of the list.
    rpc::TaskList request() const;
};

/// One page of a list of tasks.
struct TaskListPage {
    struct Line {
        TaskRef task;
        std::string worker{};
        Time updated{};
        std::optional<double> progress{};
        std::string message{};
        std::string error{};  ///< summary of the last one, of a task that failed
    };

    TaskFilter filter{};
    std::vector<Line> tasks{};
    std::optional<std::int64_t> next{};  ///< cursor of the next page; none: the last page
    Time taken{};
    std::string version{};
};

/// Tasks on one page.
inline constexpr std::int64_t tasks_per_page = 100;

/// Reads the result of the filter's request.
TaskListPage read_task_list(const TaskFilter& filter, const scheduler::QueryResult& result);

/// The summaries of the errors of failed tasks, by id.
std::map<std::string, std::string> take_errors(const SchedulerState& state, const TaskListPage& page);

/// Renders the list and a form for its filter.
std::string task_list_page(const TaskListPage& page);
Json task_list_json(const TaskListPage& page);

/// The address of the list with that filter, from the front page.
std::string task_list_address(const TaskFilter& filter);

}  // namespace freshet::dashboard
