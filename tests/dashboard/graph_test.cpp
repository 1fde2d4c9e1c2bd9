// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/graph.hpp"
#include "base/url_encoding.hpp"
#include "dashboard/graph_drawing.hpp"
#include "html_reader.hpp"
#include "sample_scenario.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;

namespace {

using Named = std::vector<std::pair<std::string, std::string>>;  // required, requiring

std::string name_of_node(const GraphNode& node) { return node.task ? node.task->id : node.family; }

Named edges_of(const GraphView& view) {
    Named edges;
    for (const GraphEdge& edge : view.edges)
        edges.emplace_back(name_of_node(view.nodes[edge.required]), name_of_node(view.nodes[edge.requiring]));
    std::ranges::sort(edges);
    return edges;
}

GraphView families_of(const SchedulerHarness& harness) {
    return take_family_graph(harness.machine.state(), harness.now);
}

GraphView around(const SchedulerHarness& harness, const std::string& task, std::size_t depth = 2) {
    return take_task_graph(harness.machine.state(), {.task = task, .depth = depth}, harness.now);
}

GraphView chain_of(const SchedulerHarness& harness, const std::string& run) {
    auto view = std::make_shared<GraphView>(GraphView{.filter = {.run = run}});
    ChainQuery query(harness.machine.state(), view, harness.now);
    while (!query.step(harness.machine.state(), scheduler::Budget(10))) {
    }
    return *view;
}

SchedulerHarness finished_run() {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Load_1", "Load_2"});
    harness.registers("W", "Load_1", {"Fetch_1"});
    harness.registers("W", "Load_2", {"Fetch_1"});
    harness.registers("W", "Fetch_1");
    for (const auto& [task, took] : {std::pair("Fetch_1", 5), {"Load_1", 10}, {"Load_2", 30}, {"Whole_1", 1}}) {
        REQUIRE(harness.gets("W") == task);
        harness.advance(scheduler::Seconds(took));
        harness.reports("W", task, Status::done);
    }
    return harness;
}

}  // namespace

TEST_CASE("the graph of families has their counts and the dependencies between them", "[dashboard]") {
    const GraphView view = families_of(sample_scenario());
    CHECK(edges_of(view) == Named{{"ConvertLead", "IngestCycle"}, {"FetchLead", "ConvertLead"}});
    for (const GraphEdge& edge : view.edges) CHECK(edge.count == 24);
    const std::string page = graph_page(view);
    const HtmlReader html(page);
    CHECK(html.inside("h1") == "Graph of families");
    CHECK(std::ranges::count(html.links(), "graph?family=FetchLead") == 1);
    CHECK_THAT(html.text(), Catch::Contains("2 of 2 done") || Catch::Contains("1 of 2 done"));
}

TEST_CASE("a node is labelled with the parameters that tell its task from the others", "[dashboard]") {
    SchedulerHarness harness;
    const std::pair<std::string, std::string> cycle{"cycle", "2026-08-21T06"};
    harness.add({.worker = "W", .task_id = "I", .deps = {{"F3", "F6"}}, .family = "Ingest", .params = {cycle}});
    for (const std::string lead : {"3", "6"})
        harness.add({.worker = "W", .task_id = "F" + lead, .family = "Fetch", .params = {cycle, {"lead", lead}}});
    const auto labels = labels_of(around(harness, "I"));
    CHECK(labels == std::vector<std::string>{"cycle=2026-08-21T06", "lead=3", "lead=6"});
}

TEST_CASE("tasks that nobody has registered are a node of the graph", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1", {"Fetch_1"});
    CHECK(edges_of(families_of(harness)) == Named{{"", "Load"}});
    CHECK_THAT(graph_page(families_of(harness)), Catch::Contains("(not registered)"));
}

TEST_CASE("a graph with more families than fit shows those with failures and says how many are missing",
          "[dashboard]") {
    SchedulerHarness harness;
    for (std::size_t i = 0; i < max_graph_families + 20; ++i) harness.registers("W", "F" + std::to_string(i) + "_1");
    harness.reports("W", "F7_1", Status::failed);
    const GraphView view = families_of(harness);
    CHECK(view.nodes.size() == max_graph_families);
    CHECK(view.omitted == 20);
    CHECK(std::ranges::count(view.nodes, "F7", &GraphNode::family) == 1);
    CHECK_THAT(graph_page(view), Catch::Contains("and 20 more families"));
}

TEST_CASE("the neighbourhood of a task has what it requires and what requires it, and marks what blocks it",
          "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Load_1"});
    harness.registers("W", "Load_1", {"Fetch_1", "Fetch_2"});
    harness.registers("W", "Fetch_1");
    harness.registers("W", "Fetch_2");
    harness.reports("W", "Fetch_1", Status::done);
    harness.reports("W", "Fetch_2", Status::failed);
    const GraphView view = around(harness, "Load_1");
    CHECK(edges_of(view) == Named{{"Fetch_1", "Load_1"}, {"Fetch_2", "Load_1"}, {"Load_1", "Whole_1"}});
    for (const GraphEdge& edge : view.edges)
        CHECK(edge.is_blocking == (view.nodes[edge.required].task->id != "Fetch_1"));
    CHECK_THAT(view.why, Catch::Contains("Fetch() failed") || Catch::Contains("waits for Fetch()"));
    const HtmlReader html(graph_page(view));
    CHECK(std::ranges::count(html.links(), "graph?task=Fetch_2") == 1);
    CHECK(edges_of(around(harness, "Whole_1", 1)) == Named{{"Load_1", "Whole_1"}});
}

TEST_CASE("of a task with very many neighbours the blocking ones are drawn, and the others counted", "[dashboard]") {
    SchedulerHarness harness;
    std::vector<std::string> deps;
    for (int i = 0; i < 500; ++i) deps.push_back("Fetch_" + std::to_string(i));
    harness.registers("W", "Whole_1", deps);
    for (const std::string& dep : deps) harness.registers("W", dep);
    for (int i = 0; i < 499; ++i) harness.reports("W", deps[static_cast<std::size_t>(i)], Status::done);
    const GraphView view = around(harness, "Whole_1");
    CHECK(view.nodes.size() == 1 + max_drawn_neighbours);
    CHECK(view.nodes[1].task->id == "Fetch_499");
    CHECK(view.nodes[0].hidden == 500 - max_drawn_neighbours);
}

TEST_CASE("a family expands into its tasks between the families next to them", "[dashboard]") {
    const SchedulerHarness harness = finished_run();
    const GraphView view =
        take_family_tasks(harness.machine.state(), "Load", {"Load_1", "Load_2", "Gone_1"}, harness.now);
    CHECK(edges_of(view) == Named{{"Fetch", "Load_1"}, {"Fetch", "Load_2"}, {"Load_1", "Whole"}, {"Load_2", "Whole"}});
    CHECK_THAT(graph_page(view), Catch::Contains("1 of 1 done"));
}

TEST_CASE("the longest chain of a run is drawn with its durations, also after its tasks were pruned", "[dashboard]") {
    SchedulerHarness harness = finished_run();
    for (const bool is_pruned : {false, true}) {
        if (is_pruned)
            for (int i = 0; i < 2; ++i) harness.advance(scheduler::Seconds(5000)), harness.prunes();
        REQUIRE(harness.knows("Whole_1") != is_pruned);
        const GraphView view = chain_of(harness, "Whole_1");
        CHECK(edges_of(view) == Named{{"Fetch_1", "Load_2"}, {"Load_2", "Whole_1"}});
        CHECK(view.nodes[1].took == std::chrono::seconds(30));
        CHECK_THAT(graph_page(view), Catch::Contains("36 s"));
    }
    CHECK_FALSE(chain_of(harness, "Never_1").is_known);
}

TEST_CASE("what a graph shows is in its address", "[dashboard]") {
    const auto read = [](const std::string& text) {
        const FormFields fields = form_decoded(text);
        PageQuery query(fields);
        return GraphFilter::read(query);
    };
    CHECK(read("task=A%2Fb&depth=4").address() == "graph?task=A%2Fb&depth=4");
    CHECK(read("family=A&after=7").address() == "graph?family=A&after=7");
    CHECK(read("run=A").address() == "graph?run=A");
    CHECK(read("depth=99&other=1").address() == "graph");
}

TEST_CASE("hostile names are text in the graph", "[dashboard]") {
    SchedulerHarness harness;
    const std::string script = "<script>alert(1)</script>";
    harness.add({.worker = "W",
                 .task_id = script,
                 .deps = {{"\"><script>"}},
                 .family = "<svg onload=x>" + std::string(400, '<')});
    for (const GraphView& view : {families_of(harness), around(harness, script)}) {
        const HtmlReader html(graph_page(view));
        CHECK(html.each("script") == std::vector<std::string>{""});  // its own
        CHECK(html.attributes().count("onload") == 0);
    }
}

TEST_CASE("the JSON of the graph numbers its nodes as its edges do", "[dashboard]") {
    const Json json = graph_json(families_of(sample_scenario()));
    const Json edge = json.at("edges").as_array()[0];
    const Json node = json.at("nodes").as_array()[static_cast<std::size_t>(edge.at("required").as_integer())];
    CHECK((node.at("family").as_string() == "FetchLead" || node.at("family").as_string() == "ConvertLead"));
    CHECK(node.at("task").is_null());
}

TEST_CASE("the graph of families is copied in moments, however many tasks there are", "[dashboard]") {
    SchedulerHarness harness;
    for (int i = 0; i < 20'000; ++i) {
        const std::string number = std::to_string(i);
        harness.registers("W", "Load_" + number, {"Fetch_" + number});
        harness.registers("W", "Fetch_" + number);
    }
    const auto begin = std::chrono::steady_clock::now();
    const GraphView view = families_of(harness);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(5));
    CHECK(view.edges.at(0).count == 20'000);
}
