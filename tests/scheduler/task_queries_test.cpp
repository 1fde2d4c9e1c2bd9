// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_queries.hpp"
#include "freshet/codec.hpp"
#include "scheduler/state_machine.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::scheduler;

namespace {

constexpr Time now{std::chrono::hours(480'000)};

/// Chains of ten tasks: each requires the one before.
StateMachine machine_with(int count, Config config = {}) {
    StateMachine machine(std::move(config), 1);
    for (int i = 0; i < count; ++i) {
        rpc::AddTask task{.worker = "w", .task_id = "Piece_" + std::to_string(i), .family = "Piece"};
        if (i % 10 != 0) task.deps = {"Piece_" + std::to_string(i - 1)};
        machine.handle(task, now);
    }
    return machine;
}

std::unique_ptr<SlicedQuery> executed(const StateMachine& machine, const rpc::Request& request, std::size_t slice) {
    auto query = make_sliced_query(machine.state(), request);
    while (!query->step(machine.state(), slice)) {
    }
    return query;
}

std::size_t shown(SlicedQuery& query) { return Json::parse(query.take_json()).as_object().size(); }

}  // namespace

TEST_CASE("a query has the same result in slices of any size", "[scheduler][queries]") {
    const StateMachine machine = machine_with(60);
    const std::vector<rpc::Request> requests = {
        rpc::TaskList{},
        rpc::TaskList{.status = "PENDING", .upstream_status = "UPSTREAM_MISSING_INPUT"},
        rpc::TaskList{.search = "piece"},
        rpc::TaskSearch{.task_str = "_1"},
        rpc::Graph{},
        rpc::DepGraph{.task_id = "Piece_59"},
        rpc::InverseDepGraph{.task_id = "Piece_50"}};
    for (const rpc::Request& request : requests) {
        const std::string whole = executed(machine, request, 1'000'000)->take_json();
        CHECK(whole.size() > 1000);
        for (const std::size_t slice : {1U, 2U, 7U, 100U})
            CHECK(executed(machine, request, slice)->take_json() == whole);
    }
}

TEST_CASE("a slice shows no more tasks than its budget pays for", "[scheduler][queries]") {
    const StateMachine machine = machine_with(100);
    const auto query = make_sliced_query(machine.state(), rpc::Graph{});
    int slices = 1;
    while (!query->step(machine.state(), 170)) ++slices;
    CHECK(slices >= 9);
    CHECK(shown(*query) == 100);
}

TEST_CASE("a search and a graph without a limit of their own show as many tasks as a list may, and say so",
          "[scheduler][queries]") {
    Config config;
    config.max_shown_tasks = 20;
    const StateMachine machine = machine_with(50, config);
    for (const rpc::Request& request : std::vector<rpc::Request>{rpc::Graph{}, rpc::TaskList{.limit = false}}) {
        const auto query = executed(machine, request, 1000);
        CHECK(query->is_truncated());
        CHECK(shown(*query) == 20);
    }
    const auto found = executed(machine, rpc::TaskSearch{.task_str = "Piece"}, 1000);
    CHECK(found->is_truncated());
    CHECK(Json::parse(found->take_json()).at("PENDING").as_object().size() == 20);
    CHECK_FALSE(executed(machine, rpc::TaskSearch{.task_str = "Piece_1"}, 1000)->is_truncated());
}

TEST_CASE("a task removed while a graph is walked is not shown", "[scheduler][queries]") {
    Config config;
    config.remove_delay = Seconds(1);
    config.worker_disconnect_delay = Seconds(1);
    StateMachine machine = machine_with(10, config);
    const auto query = make_sliced_query(machine.state(), rpc::DepGraph{.task_id = "Piece_9"});
    CHECK_FALSE(query->step(machine.state(), 1));
    for (int i = 1; i <= 3; ++i) machine.handle(rpc::Prune{}, now + std::chrono::hours(i));
    while (!query->step(machine.state(), 1)) {
    }
    CHECK(shown(*query) == 1);
}
