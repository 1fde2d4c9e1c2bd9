// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/sliced_query.hpp"

#include "base/json_write.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/graph_query.hpp"
#include "scheduler/list_queries.hpp"
#include "scheduler/running_queries.hpp"

#include <iterator>
#include <limits>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::size_t piece_size = 1u << 20;

using QueryPointer = std::unique_ptr<SlicedQuery>;

/// Makes the query that belongs to a request.
struct MakeQuery {
    const SchedulerState& state;
    Time now;

    QueryPointer operator()(const rpc::TaskList& r) const { return std::make_unique<TaskListQuery>(state, r); }
    QueryPointer operator()(const rpc::TaskSearch& r) const { return std::make_unique<TaskSearchQuery>(state, r); }
    QueryPointer operator()(const rpc::Graph& r) const { return std::make_unique<WholeGraphQuery>(state, r); }
    QueryPointer operator()(const rpc::DepGraph& r) const {
        return std::make_unique<GraphQuery>(state, state.tasks.find(r.task_id), &Task::deps, r.include_done);
    }
    QueryPointer operator()(const rpc::InverseDepGraph& r) const {
        return std::make_unique<GraphQuery>(state, state.tasks.find(r.task_id), &Task::dependants, r.include_done);
    }
    QueryPointer operator()(const rpc::WorkerList& r) const { return std::make_unique<WorkerListQuery>(state, r); }
    QueryPointer operator()(const rpc::ResourceList&) const { return std::make_unique<ResourceListQuery>(state, now); }
    QueryPointer operator()(const auto&) const { return nullptr; }
};

}  // namespace

std::string& JsonPieces::current() {
    if (!pieces_.empty() && pieces_.back().size() < piece_size) return pieces_.back();
    if (!pieces_.empty()) size_ += pieces_.back().size();
    return pieces_.emplace_back();
}

void JsonPieces::append_string(std::string_view text) { append_quoted(current(), text); }

void JsonPieces::append_value(const Json& value) { append_python_text(current(), value); }

void JsonPieces::append_open(const Json::Object& members) {
    std::string& piece = current();
    append_python_text(piece, members);
    piece.pop_back();
}

void JsonPieces::append(JsonPieces other) {
    if (!pieces_.empty()) size_ += pieces_.back().size();
    size_ += other.size_;
    std::ranges::move(other.pieces_, std::back_inserter(pieces_));
}

std::size_t QueryResult::size() const {
    std::size_t size = 0;
    for (const std::string& piece : json) size += piece.size();
    return size;
}

std::string QueryResult::text() const {
    std::string text;
    for (const std::string& piece : json) text += piece;
    return text;
}

JsonPieces& TasksById::begin(const std::string& id) {
    json_.append(json_.empty() ? "{" : ", ");
    json_.append_string(id);
    json_.append(": ");
    return json_;
}

JsonPieces TasksById::take() {
    json_.append(json_.empty() ? "{}" : "}");
    return std::exchange(json_, {});
}

QueryPointer make_sliced_query(const SchedulerState& state, const rpc::Request& request, Time now) {
    return std::visit(MakeQuery{state, now}, request);
}

QueryPointer QueryFactory::make(const SchedulerState& state, Time now) const {
    if (const rpc::Request* const known = request()) return make_sliced_query(state, *known, now);
    return std::get<Make>(source_)(state, now);
}

Json execute_query(const SchedulerState& state, const rpc::Request& request, Time now) {
    const auto query = make_sliced_query(state, request, now);
    while (!query->step(state, Budget(std::numeric_limits<std::size_t>::max()))) {
    }
    return Json::parse(query->take_result().text());
}

}  // namespace freshet::scheduler
