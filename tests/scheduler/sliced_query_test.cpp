// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/sliced_query.hpp"
#include "freshet/codec.hpp"
#include "scheduler/query_queue.hpp"
#include "scheduler/state_machine.hpp"
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace freshet;
using namespace freshet::scheduler;
using namespace freshet::test;

namespace {

std::string id(int number) { return "Piece_" + std::to_string(number); }

/// Chains of ten tasks: each requires the one before.
SchedulerHarness chains_of_tasks(int count, Config config = {}) {
    SchedulerHarness harness(std::move(config));
    for (int i = 0; i < count; ++i)
        harness.registers("w", id(i), i % 10 == 0 ? std::vector<std::string>{} : std::vector{id(i - 1)});
    return harness;
}

int steps_of(SlicedQuery& query, const SchedulerHarness& harness, std::size_t slice) {
    int steps = 1;
    while (!query.step(harness.machine.state(), Budget(slice))) ++steps;
    return steps;
}

QueryResult executed(const SchedulerHarness& harness, const rpc::Request& request, std::size_t slice = 1'000'000) {
    const auto query = make_sliced_query(harness.machine.state(), request, harness.now);
    steps_of(*query, harness, slice);
    return query->take_result();
}

Json::Object shown(const QueryResult& result) { return Json::parse(result.text()).as_object(); }

/// How often each task is shown by a request and those for its further pages.
template <class Request>
std::map<std::string, int> pages_of(const SchedulerHarness& harness, Request request) {
    std::map<std::string, int> times;
    for (bool has_more = true; has_more; has_more = request.cursor.has_value()) {
        const QueryResult page = executed(harness, request);
        for (const auto& [name, value] : shown(page)) {
            if constexpr (std::is_same_v<Request, rpc::TaskSearch>)
                for (const auto& [task, node] : value.as_object()) ++times[task];
            else
                ++times[name];
        }
        request.cursor = page.next_cursor;
    }
    return times;
}

bool has_member(const Json& object, std::string_view name) { return object.find(name) != nullptr; }

}  // namespace

TEST_CASE("a query has the same result in slices of any size", "[scheduler][queries]") {
    Config config;
    config.resources = {{"db", 100}};
    SchedulerHarness harness = chains_of_tasks(60, config);
    for (int i = 0; i < 20; ++i) {
        harness.add({.worker = "v" + std::to_string(i % 3),
                     .task_id = "Run_" + std::to_string(i),
                     .resources = {{{"db", 1}}},
                     .priority = 1,
                     .family = "Run"});
        harness.work("v" + std::to_string(i % 3));
    }
    const std::vector<rpc::Request> requests = {
        rpc::TaskList{},
        rpc::TaskList{.status = "PENDING", .upstream_status = "UPSTREAM_MISSING_INPUT"},
        rpc::TaskList{.status = "RUNNING"},
        rpc::TaskList{.search = "piece"},
        rpc::TaskSearch{.task_str = "_1"},
        rpc::Graph{},
        rpc::DepGraph{.task_id = "Piece_59"},
        rpc::InverseDepGraph{.task_id = "Piece_50"},
        rpc::WorkerList{},
        rpc::ResourceList{}};
    for (const rpc::Request& request : requests) {
        const std::string whole = executed(harness, request).text();
        CHECK(whole.size() > 1000);
        for (const std::size_t slice : {1U, 20U, 300U, 5000U}) CHECK(executed(harness, request, slice).text() == whole);
    }
}

TEST_CASE("a slice shows no more tasks than its budget pays for", "[scheduler][queries]") {
    const SchedulerHarness harness = chains_of_tasks(100);
    const auto query = make_sliced_query(harness.machine.state(), rpc::Graph{}, harness.now);
    CHECK(steps_of(*query, harness, 10 * Budget::show) >= 9);
    CHECK(shown(query->take_result()).size() == 100);
}

TEST_CASE("the dependencies of one task are listed in slices, too", "[scheduler][queries]") {
    SchedulerHarness harness;
    std::vector<std::string> deps;
    for (int i = 0; i < 5000; ++i) deps.push_back(id(i));
    harness.registers("w", "All_1", deps);
    const auto query = make_sliced_query(harness.machine.state(), rpc::DepGraph{.task_id = "All_1"}, harness.now);
    CHECK_FALSE(query->step(harness.machine.state(), Budget(2000 * Budget::visit)));
    CHECK_FALSE(query->step(harness.machine.state(), Budget(2000 * Budget::visit)));
    steps_of(*query, harness, 1'000'000);
    const Json::Object nodes = shown(query->take_result());
    CHECK(nodes.size() == 5001);
    CHECK(nodes.front().second.at("deps").as_array().size() == 5000);
}

TEST_CASE("what exceeds a limit is said, and shown by the next pages", "[scheduler][queries]") {
    Config config;
    config.max_shown_tasks = 20;
    config.max_graph_nodes = 20;
    const SchedulerHarness harness = chains_of_tasks(50, config);
    for (const rpc::Request& request :
         std::vector<rpc::Request>{rpc::Graph{}, rpc::TaskList{.limit = false}, rpc::TaskList{.cursor = 0}}) {
        const QueryResult first = executed(harness, request);
        CHECK(first.is_truncated);
        CHECK(shown(first).size() == 20);
    }
    const QueryResult found = executed(harness, rpc::TaskSearch{.task_str = "Piece"});
    CHECK(found.is_truncated);
    CHECK(shown(found).at(0).second.as_object().size() == 20);
    CHECK_FALSE(executed(harness, rpc::TaskSearch{.task_str = "Piece_1"}).is_truncated);

    std::map<std::string, int> each_once;
    for (int i = 0; i < 50; ++i) each_once[id(i)] = 1;
    CHECK(pages_of(harness, rpc::Graph{}) == each_once);
    CHECK(pages_of(harness, rpc::TaskList{.limit = false}) == each_once);
    CHECK(pages_of(harness, rpc::TaskList{.status = "PENDING", .search = "piece", .cursor = 0}) == each_once);
    CHECK(pages_of(harness, rpc::TaskSearch{.task_str = "Piece"}) == each_once);
}

TEST_CASE("a list has the tasks of one family, one worker or one error", "[scheduler][queries]") {
    SchedulerHarness harness = chains_of_tasks(3);
    harness.registers("v", "Other_1");
    const auto names = [&](rpc::TaskList request) {
        request.limit = false;
        std::set<std::string> found;
        for (const auto& [name, task] : shown(executed(harness, request))) found.insert(name);
        return found;
    };
    CHECK(names({.family = "Other"}) == std::set<std::string>{"Other_1"});
    CHECK(names({.family = "Oth"}).empty());

    CHECK(harness.gets("v") == "Other_1");
    CHECK(names({.worker = "v"}) == std::set<std::string>{"Other_1"});
    auto failed = SchedulerHarness::report("v", "Other_1", rpc::Status::failed);
    failed.expl = Json("Connection REFUSED by host").text();
    harness.add(failed);
    CHECK(names({.error = "refused"}) == std::set<std::string>{"Other_1"});
    CHECK(names({.status = "PENDING", .error = "refused"}).empty());
    CHECK(names({.worker = "v"}) == std::set<std::string>{"Other_1"});
    CHECK(names({.worker = "w"}).empty());
}

TEST_CASE("a list by text has tasks with a parameter that their name leaves out", "[scheduler][queries]") {
    SchedulerHarness harness;
    harness.add({.worker = "w",
                 .task_id = "A",
                 .family = "A",
                 .params = {{"day", "1"}, {"area", "north"}},
                 .name_params = std::vector<std::string>{"day"}});
    CHECK(shown(executed(harness, rpc::TaskList{.search = "area=north"})).size() == 1);
    CHECK(shown(executed(harness, rpc::TaskList{.search = "area=south"})).empty());
}

TEST_CASE("the number of tasks of a family is counted, not taken from the index", "[scheduler][queries]") {
    Config config;
    config.max_shown_tasks = 2;
    SchedulerHarness harness = chains_of_tasks(9, config);
    for (int i = 0; i < 5; ++i) harness.registers("w", "Other_" + std::to_string(i));
    CHECK(Json::parse(executed(harness, rpc::TaskList{.family = "Other"}).text()) == Json::Object{{"num_tasks", 5}});
}

TEST_CASE("a request lowers the limit of a list and does not raise it", "[scheduler][queries]") {
    Config config;
    config.max_shown_tasks = 20;
    SchedulerHarness harness = chains_of_tasks(50, config);
    const Json counted = Json::Object{{"num_tasks", 50}};
    CHECK(Json::parse(executed(harness, rpc::TaskList{.max_shown_tasks = 1000}).text()) == counted);
    for (int i = 0; i < 11; ++i) harness.add({.worker = "w", .task_id = "Book_" + std::to_string(i), .family = "Book"});
    CHECK(Json::parse(executed(harness, rpc::TaskList{.search = "piece", .max_shown_tasks = 1000}).text()) == counted);
    CHECK(shown(executed(harness, rpc::TaskList{.search = "book", .max_shown_tasks = 11})).size() == 11);
    CHECK(shown(executed(harness, rpc::TaskList{.search = "book", .max_shown_tasks = 10})).size() == 1);
}

TEST_CASE("a graph from one task is cut as Luigi cuts it", "[scheduler][queries]") {
    Config config;
    config.max_graph_nodes = 4;
    const SchedulerHarness harness = chains_of_tasks(20, config);
    const QueryResult cut = executed(harness, rpc::DepGraph{.task_id = "Piece_9"});
    std::set<std::string> names;
    for (const auto& [name, node] : shown(cut)) names.insert(name);
    CHECK(names == std::set<std::string>{"Piece_9", "Piece_8", "Piece_7", "Piece_6"});
    CHECK(cut.is_truncated);
    CHECK_FALSE(executed(harness, rpc::DepGraph{.task_id = "Piece_3"}).is_truncated);
}

TEST_CASE("a graph names those tasks in full that none registered before them requires", "[scheduler][queries]") {
    Config config;
    config.worker_disconnect_delay = Seconds(10);
    config.remove_delay = Seconds(1);
    SchedulerHarness harness(config);
    harness.registers("gone", "Old_1");
    harness.registers("w", "Early_1");
    for (int i = 0; i < 2; ++i) {
        harness.advance(Seconds(11));
        harness.send(rpc::Ping{"w"});
        harness.send(rpc::Prune{});
    }
    REQUIRE_FALSE(harness.machine.state().tasks.find("Old_1"));
    harness.registers("w", "Late_1", {"Early_1", "Leaf_1"});  // its place in memory is that of Old_1
    std::set<std::string> named;
    std::set<std::string> all;
    for (const auto& [name, node] : shown(executed(harness, rpc::Graph{}))) {
        all.insert(name);
        if (has_member(node, "display_name")) named.insert(name);
    }
    CHECK(named == std::set<std::string>{"Early_1", "Late_1"});
    CHECK(all == std::set<std::string>{"Early_1", "Late_1", "Leaf_1"});
}

TEST_CASE("lists of workers and resources show as many running tasks as a list may, and count all",
          "[scheduler][queries]") {
    Config config;
    config.max_shown_tasks = 5;
    config.resources = {{"db", 100}};
    SchedulerHarness harness(config);
    for (int i = 0; i < 8; ++i) {
        harness.add({.worker = "w", .task_id = id(i), .resources = {{{"db", 1}}}, .family = "Piece"});
        harness.work("w");
    }
    for (const auto& [request, count] : std::vector<std::pair<rpc::Request, std::string>>{
             {rpc::WorkerList{}, "num_running"}, {rpc::ResourceList{}, "num_consumer"}}) {
        const QueryResult result = executed(harness, request);
        const Json line = Json::parse(result.text()).as_array().at(0);
        CHECK(result.is_truncated);
        CHECK(line.at("running").as_object().size() == 5);
        CHECK(line.at(count) == Json(8));
    }
}

TEST_CASE("a list by name, family or error visits no other tasks", "[scheduler][queries]") {
    SchedulerHarness harness = chains_of_tasks(1000);
    harness.add({.worker = "w", .task_id = "Needle_1", .family = "Needle", .params = {{"where", "haystack"}}});
    auto failed = SchedulerHarness::report("w", "Needle_1", rpc::Status::failed);
    failed.expl = Json("it pricks").text();
    harness.add(failed);
    for (const rpc::TaskList& list : {rpc::TaskList{.search = "NEEDLE haystack"}, rpc::TaskList{.family = "Needle"},
                                      rpc::TaskList{.error = "pricks"}}) {
        const auto query = make_sliced_query(harness.machine.state(), list, harness.now);
        const auto steps = static_cast<std::size_t>(steps_of(*query, harness, Budget::compose));
        CHECK(steps * Budget::compose < 2 * harness.machine.state().tasks.id_limit());
        CHECK(shown(query->take_result()).size() == 1);
    }
}

TEST_CASE("a search finds a task by the name that it got after an earlier search", "[scheduler][queries]") {
    SchedulerHarness harness;
    harness.registers("w", "Root_1", {"Leaf_1"});
    const rpc::TaskList search{.search = "leaf("};
    CHECK(shown(executed(harness, search)).empty());
    harness.registers("w", "Leaf_1");
    CHECK(shown(executed(harness, search)).size() == 1);
    CHECK(shown(executed(harness, rpc::TaskSearch{.task_str = "af_1"})).size() == 1);
    CHECK(shown(executed(harness, rpc::TaskSearch{.task_str = "AF_1"})).empty());
}

TEST_CASE("a task removed while a graph is walked is not shown", "[scheduler][queries]") {
    Config config;
    config.remove_delay = Seconds(1);
    config.worker_disconnect_delay = Seconds(1);
    SchedulerHarness harness = chains_of_tasks(10, config);
    const auto query = make_sliced_query(harness.machine.state(), rpc::DepGraph{.task_id = "Piece_9"}, harness.now);
    CHECK_FALSE(query->step(harness.machine.state(), Budget(1)));
    for (int i = 1; i <= 3; ++i) {
        harness.advance(Seconds(3600));
        harness.send(rpc::Prune{});
    }
    CHECK(harness.machine.state().tasks.index().count() == 0);
    steps_of(*query, harness, 1);
    CHECK(shown(query->take_result()).size() == 1);
}

TEST_CASE("no query begins while another one is executed or results beyond their budget wait to be sent",
          "[scheduler][queries]") {
    const SchedulerHarness harness = chains_of_tasks(10);
    QueryQueue queue(1);
    std::vector<QueryQueue::Query> queries;
    for (int i = 0; i < 3; ++i) queries.push_back({rpc::Graph{}, [](auto) {}, [] { return true; }});
    queue.add(std::move(queries));
    const auto advance = [&] {
        for (int i = 0; i < 100; ++i) queue.advance(harness.machine.state(), harness.now);
        return queue.take_finished();
    };
    for (int sent = 0; sent < 3; ++sent) {
        CHECK_FALSE(queue.empty());
        const auto results = advance();
        CHECK(results.size() == 1);
        CHECK(advance().empty());
    }
    CHECK(queue.empty());
}
