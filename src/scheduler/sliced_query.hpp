// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace freshet::scheduler {

/// Work that is left for a slice. A unit takes some 20 ns.
class Budget {
public:
    // Costs, in units.
    static constexpr std::size_t check = 1;     ///< of a signature in the search index
    static constexpr std::size_t visit = 8;     ///< of a task
    static constexpr std::size_t compose = 64;  ///< the name of a task
    static constexpr std::size_t show = 256;    ///< the JSON of a task

    constexpr explicit Budget(std::size_t units) : left_(units) {}
    bool is_consumed() const { return left_ == 0; }
    void consume(std::size_t units) { left_ -= std::min(left_, units); }

private:
    std::size_t left_;
};

/// JSON text in the making. Grows by pieces, so that a long one is never copied; none divides a string.
class JsonPieces {
public:
    /// Size beyond which a result is cut: a hundred thousand tasks of usual size have half of it.
    static constexpr std::size_t max_size = 100u << 20;

    void append(std::string_view text) { current().append(text); }
    void append_string(std::string_view text);
    void append_value(const Json& value);
    /// Appends the members of an object without its closing brace.
    void append_open(const Json::Object& members);
    void append(JsonPieces other);
    bool empty() const { return pieces_.empty(); }
    std::size_t size() const { return size_ + (pieces_.empty() ? 0 : pieces_.back().size()); }
    std::vector<std::string> take() { return std::exchange(*this, {}).pieces_; }

private:
    std::string& current();

    std::vector<std::string> pieces_;
    std::size_t size_ = 0;  ///< of all pieces but the last
};

/// JSON object in the making: tasks by id.
class TasksById {
public:
    void add(const std::string& id, const Json& task) { begin(id).append_value(task); }
    /// Appends the id of the next task and returns the text, to append the task.
    JsonPieces& begin(const std::string& id);
    /// The text so far, without the closing brace.
    JsonPieces& text() { return json_; }
    void clear() { json_ = {}; }
    std::size_t size() const { return json_.size(); }
    /// Returns the whole object.
    JsonPieces take();

private:
    JsonPieces json_;
};

/// The result of a query.
struct QueryResult {
    std::vector<std::string> json{};  ///< pieces of one text
    bool is_truncated = false;        ///< there are more tasks than are shown
    /// The cursor of the request for the next ones, where there is such a request.
    std::optional<std::int64_t> next_cursor{};

    std::size_t size() const;
    /// Returns the whole text.
    std::string text() const;
};

/// Query executed in slices, so that it keeps no other request waiting. The state may change between two slices: each
/// task is shown as it is when it is visited; one that exists all the time is shown.
class SlicedQuery {
public:
    virtual ~SlicedQuery() = default;
    /// Goes on until the budget is spent; returns true when it has finished.
    virtual bool step(const SchedulerState& state, Budget budget) = 0;
    /// Returns the result, once it has finished.
    virtual QueryResult take_result() = 0;
};

/// The first task of the page that begins at a client's cursor; a negative one is the beginning.
inline std::size_t first_task_of_page(const std::optional<std::int64_t>& cursor) {
    return static_cast<std::size_t>(std::max<std::int64_t>(cursor.value_or(0), 0));
}

template <class Request, class... Queries>
inline constexpr bool is_one_of = (std::is_same_v<Request, Queries> || ...);

template <class Request>
inline constexpr bool is_sliced = is_one_of<Request, rpc::TaskList, rpc::TaskSearch, rpc::Graph, rpc::DepGraph,
                                            rpc::InverseDepGraph, rpc::WorkerList, rpc::ResourceList>;

inline bool is_sliced_query(const rpc::Request& request) {
    return std::visit([]<class Request>(const Request&) { return is_sliced<Request>; }, request);
}

/// Prepares a task_list, task_search, graph, dep_graph, inverse_dep_graph, worker_list or resource_list; null for any
/// other request.
std::unique_ptr<SlicedQuery> make_sliced_query(const SchedulerState& state, const rpc::Request& request, Time now);
/// Executes such a query at once.
Json execute_query(const SchedulerState& state, const rpc::Request& request, Time now);

}  // namespace freshet::scheduler
