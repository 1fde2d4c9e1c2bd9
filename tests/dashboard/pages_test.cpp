// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/pages.hpp"
#include "api/test_client.hpp"
#include "dashboard/change_routes.hpp"
#include "dashboard/page_layout.hpp"
#include "html_reader.hpp"
#include "sample_scenario.hpp"
#include "scheduler/resources.hpp"
#include "store/tables.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using namespace std::chrono_literals;

namespace {

/// Pages of a scheduler whose inspections run only when the test says so.
struct PagesFixture {
    explicit PagesFixture(std::optional<std::filesystem::path> state_path = {})
        : pages([this](auto inspect) { inspections.push_back(std::move(inspect)); }, clock,
                {.version = "1.2.3", .state_path = std::move(state_path), .stalls = [this] { return stalls; }}) {}

    http::Responder responder() {
        return [this](http::MakeResponse make) { responses.push_back(make()); };
    }
    void run_inspections() {
        for (const auto& inspect : std::exchange(inspections, {})) inspect(harness.machine, harness.now);
    }

    FakeClock clock;
    SchedulerHarness harness = sample_scenario();
    std::vector<std::function<void(const scheduler::StateMachine&, Time)>> inspections;
    std::vector<http::Response> responses;
    scheduler::Stalls stalls;
    Pages pages;
};

std::string token(char digit) { return std::string(64, digit); }

/// Client of a router with pages.
struct PagesClient {
    explicit PagesClient(api::RouterOptions options = {}) : client(std::move(options)) {
        for (api::Route& route : page_routes(pages)) client.router.add(std::move(route));
        for (api::Route& route : task_action_routes(client.executor, inspect)) client.router.add(std::move(route));
    }

    http::Response get(const std::string& url, char digit = 0) {
        if (digit == 0) return client.get(url);
        return client.get(url, {{"Authorization", "Bearer " + token(digit)}});
    }

    /// Posts an action with a JSON body.
    http::Response act(const std::string& task, const std::string& action, const std::string& body = "",
                       char digit = 0) {
        http::Headers headers{{"Content-Type", "application/json"}};
        if (digit != 0) headers.emplace_back("Authorization", "Bearer " + token(digit));
        return client.send({.method = "POST",
                            .url = "/api/v1/task/" + percent_encoded(task) + "/" + action,
                            .headers = std::move(headers),
                            .body = body});
    }

    TestClient client;
    Inspect inspect = [this](auto visitor) { visitor(client.executor.machine, client.clock.now()); };
    Pages pages{inspect, client.clock, {.query = [this](auto request, auto on_done, auto is_connected) {
                    client.executor.query(std::move(request), std::move(on_done), std::move(is_connected));
                }}};
};

}  // namespace

TEST_CASE("page and metrics say that the scheduler answers nobody while it does not", "[dashboard]") {
    PagesFixture fixture;
    fixture.stalls.present = 7s;
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    CHECK(fixture.responses.back().status == 503);
    CHECK_THAT(fixture.responses.back().body, Catch::Contains("has answered nobody for 7 s"));

    fixture.stalls.present = 0s;
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    fixture.pages.metrics(fixture.responder());
    fixture.run_inspections();
    CHECK(fixture.responses.size() == 3);
    fixture.clock.advance(1min);
    fixture.stalls.present = 8s;
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    CHECK_THAT(fixture.responses.back().body, Catch::Contains("has answered nobody for 8 s"));
    fixture.pages.metrics(fixture.responder());
    CHECK_THAT(fixture.responses.back().body, Catch::Contains("freshet_scheduler_stalled_seconds 8\n"));
    CHECK(fixture.inspections.empty());
}

TEST_CASE("the front page is sent after the scheduler's thread has taken the snapshot", "[dashboard]") {
    PagesFixture fixture;
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    CHECK(fixture.responses.empty());
    fixture.run_inspections();
    REQUIRE(fixture.responses.size() == 1);
    CHECK(fixture.responses[0].status == 200);
    CHECK(fixture.responses[0].header("Content-Type") == "text/html; charset=utf-8");
    CHECK(HtmlReader(fixture.responses[0].body).inside("h1") == "1 problem needs attention");
}

TEST_CASE("the content security policy allows only the page's style sheet, and the script of its own site",
          "[dashboard]") {
    PagesFixture fixture;
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    fixture.run_inspections();
    const std::string policy = *fixture.responses[0].header("Content-Security-Policy");
    CHECK(policy == "default-src 'none'; style-src '" + stylesheet_hash() +
                        "'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
                        "frame-ancestors 'none'");
    const std::string& body = fixture.responses[0].body;
    const auto begin = body.find("<style>") + 7;
    CHECK(body.substr(begin, body.find("</style>") - begin) == stylesheet().text());
}

TEST_CASE("the hash of the style sheet is in base64", "[dashboard]") {
    CHECK(stylesheet_hash().starts_with("sha256-"));
    CHECK(stylesheet_hash().size() == 7 + 44);
    CHECK(stylesheet_hash().ends_with("="));
}

TEST_CASE("simultaneous requests share one snapshot", "[dashboard]") {
    PagesFixture fixture;
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    CHECK(fixture.inspections.size() == 1);
    fixture.run_inspections();
    CHECK(fixture.responses.size() == 2);
    fixture.clock.advance(900ms);
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    CHECK(fixture.responses.size() == 3);
    fixture.clock.advance(101ms);
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    CHECK(fixture.responses.size() == 3);
    CHECK(fixture.inspections.size() == 1);
}

TEST_CASE("a task page is found by its id, with its history", "[dashboard]") {
    const TempDir folder;
    const auto path = folder / "state.sqlite";
    auto file = store::StateFile::open_exclusive(path, store::this_process("test", FakeClock::start));
    store::StateTables tables(file);
    auto transaction = file.begin();
    tables.add_history({.at = FakeClock::start, .task_id = "Housekeep_2026_08_21_6d2f", .status = "PENDING"});
    tables.add_history({.at = FakeClock::start, .task_id = "Long_ago", .status = "DONE"});
    transaction.commit(store::Durability::crash);
    PagesFixture fixture(path);
    for (const char* id : {"Housekeep_2026_08_21_6d2f", "Long_ago", "Never"})
        fixture.pages.task(Format::html, id, false, fixture.responder());
    fixture.run_inspections();
    REQUIRE(fixture.responses.size() == 3);
    CHECK(fixture.responses[0].status == 200);
    CHECK_FALSE(HtmlReader(fixture.responses[0].body).section("history").empty());
    CHECK(fixture.responses[1].status == 200);
    CHECK(HtmlReader(fixture.responses[1].body).inside("h1") == "Long_ago");
    CHECK(fixture.responses[2].status == 404);
}

TEST_CASE("an unreadable state file omits only its part of the page", "[dashboard]") {
    const TempDir folder;
    PagesFixture fixture(folder / "none.sqlite");
    fixture.pages.front(Format::html, {}, false, fixture.responder());
    fixture.pages.task(Format::html, "Housekeep_2026_08_21_6d2f", false, fixture.responder());
    fixture.run_inspections();
    REQUIRE(fixture.responses.size() == 2);
    CHECK(fixture.responses[0].status == 200);
    CHECK(fixture.responses[1].status == 200);
}

TEST_CASE("metrics are in the Prometheus text format", "[metrics]") {
    PagesFixture fixture;
    fixture.pages.metrics(fixture.responder());
    fixture.run_inspections();
    CHECK(fixture.responses[0].header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(fixture.responses[0].body.find("\nfreshet_tasks{state=\"running\"} 2\n") != std::string::npos);
}

TEST_CASE("pages and metrics require the role view", "[dashboard]") {
    PagesClient pages_client(
        {.tokens = api::Tokens::parse(
             "v view " + token('1') + "\nw work " + token('2') + "\no operate " + token('3') + "\n", "tokens")});
    for (const std::string url :
         {"/", "/metrics", "/tasks", "/runs", "/task/A", "/run/A", "/grid", "/graph", "/durations", "/history",
          "/workers", "/resources", "/api/v1/overview", "/api/v1/tasks", "/api/v1/runs", "/api/v1/task/A",
          "/api/v1/run/A", "/api/v1/durations", "/api/v1/history"}) {
        INFO(url);
        CHECK(pages_client.get(url).status == 401);
        CHECK(pages_client.get(url, '2').status == 403);
        const int found = url.ends_with("/A") ? 404 : 200;
        CHECK(pages_client.get(url, '1').status == found);
        CHECK(pages_client.get(url, '3').status == found);
    }
}

TEST_CASE("the id in a task's path is decoded once", "[dashboard]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A/b%2F c", "family": "A"})");
    const http::Response page = pages_client.get("/task/A%2Fb%252F%20c");
    CHECK(page.status == 200);
    CHECK(page.body.find("A/b%2F c") != std::string::npos);
    CHECK(pages_client.get("/task/A/b%252F%20c").status == 404);
    CHECK(pages_client.get("/task/").status == 404);
}

TEST_CASE("a page's own headers are not overwritten", "[dashboard]") {
    PagesClient pages_client;
    const http::Response page = pages_client.get("/");
    CHECK(page.header("Content-Security-Policy")->starts_with("default-src 'none'; style-src 'sha256-"));
    CHECK(page.header("X-Content-Type-Options") == "nosniff");
    CHECK(page.header("Cache-Control") == "no-store");
}

TEST_CASE("only a valid interval makes a page refresh", "[dashboard]") {
    PagesClient pages_client;
    const auto auto_refreshes = [&](const std::string& query) {
        return pages_client.get("/" + query).body.find("http-equiv=\"refresh\"") != std::string::npos;
    };
    CHECK(auto_refreshes("?refresh=15"));
    for (const char* query :
         {"", "?refresh=", "?refresh=0", "?refresh=1", "?refresh=-5", "?refresh=15%22%3E", "?refresh=1e3"})
        CHECK_FALSE(auto_refreshes(query));
}

TEST_CASE("pages reject POST", "[dashboard]") {
    PagesClient pages_client;
    for (const char* url : {"/", "/metrics", "/tasks", "/grid", "/graph", "/durations", "/history", "/workers",
                            "/resources", "/runs", "/task/A", "/run/A"})
        CHECK(pages_client.client.post(url, "{}").status >= 404);
}

TEST_CASE("the JSON of a view is refused for a query of which the page makes nothing", "[dashboard][json]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "family": "A"})");
    const http::Response list = pages_client.get("/api/v1/tasks?status=PENDING&family=A");
    CHECK(list.status == 200);
    CHECK(list.header("Content-Type") == "application/json; charset=UTF-8");
    CHECK(Json::parse(list.body).at("tasks").as_array().size() == 1);
    const auto reason = [&](const std::string& query) {
        CHECK(pages_client.get("/tasks?" + query).status == 200);
        const http::Response response = pages_client.get("/api/v1/tasks?" + query);
        CHECK(response.status == 400);
        return Json::parse(response.body).at("error").as_string();
    };
    CHECK(reason("status=BROKEN") == "status: 'BROKEN' is not a state like FAILED");
    CHECK(reason("after=0") == "after: '0' is not a whole number from 1 to 9223372036854775807");
    CHECK(reason("famly=A") == "famly: there is no such parameter");
}

TEST_CASE("each view has JSON, and 404 with a sentence for what there is not", "[dashboard][json]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "family": "A", "params": {"day": "1"}})");
    const auto get = [&](const std::string& url) { return Json::parse(pages_client.get(url).body); };
    const Json task = get("/api/v1/task/A");
    CHECK(task.at("task_id").as_string() == "A");
    CHECK(task.at("live").at("status").as_string() == "PENDING");
    CHECK(task.at("live").at("parameters").at("day").as_string() == "1");
    CHECK(task.at("actions").as_array() == Json::Array{"set_priority"});
    const Json overview = get("/api/v1/overview");
    CHECK(overview.at("counts").at("PENDING").as_integer() == 1);
    CHECK(overview.at("health").at("severity").as_string() == "ok");
    CHECK(get("/api/v1/runs").at("runs").as_array().empty());
    for (const char* url : {"/api/v1/task/None", "/api/v1/run/None"}) {
        const http::Response response = pages_client.get(url);
        CHECK(response.status == 404);
        CHECK_THAT(Json::parse(response.body).at("error").as_string(), Catch::Contains("'None'"));
    }
}

TEST_CASE("an alert's text in the JSON has no markup", "[dashboard][json]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "family": "<b>&\"'"})");
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "status": "FAILED", "expl": "\"x<y\""})");
    const Json overview = Json::parse(pages_client.get("/api/v1/overview").body);
    REQUIRE(overview.at("alerts").as_array().size() == 1);
    const Json alert = overview.at("alerts").as_array().front();
    CHECK_THAT(alert.at("text").as_string(), Catch::StartsWith("<b>&\"'() failed"));
    CHECK_THAT(alert.at("text").as_string(), Catch::Contains("x<y"));
    CHECK_THAT(alert.at("detail").as_string(), !Catch::Contains("Acknowledge"));
}

TEST_CASE("an alert in the JSON names its task, and what acknowledges it", "[dashboard][json]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "family": "Load"})");
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "status": "FAILED", "expl": "x"})");
    const Json alert = Json::parse(pages_client.get("/api/v1/overview").body).at("alerts").as_array().at(0);
    CHECK(alert.at("task").at("task_id").as_string() == "A");
    CHECK(alert.at("acknowledge").at("task_id").as_string() == "A");
    pages_client.client.call("acknowledge_failures", alert.at("acknowledge").text());
    pages_client.client.clock.advance(2s);
    CHECK(Json::parse(pages_client.get("/api/v1/overview").body).at("alerts").as_array().empty());
}

TEST_CASE("the overview as JSON has what blocks tasks, and the state of each run", "[dashboard][json]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "B", "family": "Load"})");
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "family": "Ingest", "deps": ["B"]})");
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "B", "status": "FAILED", "expl": "x"})");
    const Json overview = Json::parse(pages_client.get("/api/v1/overview").body);
    CHECK(overview.at("blocked").as_integer() == 1);
    CHECK(overview.at("blockers").as_array().at(0).at("task").at("task_id").as_string() == "B");
    CHECK(overview.at("blockers").as_array().at(0).at("blocked").as_integer() == 1);
    const Json family = overview.at("recent_runs").at("items").as_array().at(0);
    CHECK(family.at("last_runs").as_array().at(0).at("task_id").as_string() == "A");
    CHECK(family.at("runs").at("items").as_array().at(0).at("label").as_string() == "BLOCKED");
}

TEST_CASE("a list of failed tasks has their errors", "[dashboard][json]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "family": "Load"})");
    CHECK(pages_client.get("/tasks").body.find(">Error</th>") == std::string::npos);
    pages_client.client.call("add_task",
                             R"({"worker": "W", "task_id": "A", "status": "FAILED", "expl": "\"no disk\\nx\""})");
    CHECK_THAT(HtmlReader(pages_client.get("/tasks?status=FAILED").body).text(),
               Catch::Contains("FAILED Load() no disk"));
    CHECK_THAT(pages_client.get("/api/v1/tasks").body, Catch::Contains(R"("error": "no disk")"));
}

TEST_CASE("a form that is refused is answered with a page, a program with JSON", "[dashboard]") {
    Pages* pages = nullptr;
    PagesClient pages_client(
        {.tokens = api::Tokens::parse("bob view " + token('1') + "\nalice operate " + token('3') + "\n", "tokens"),
         .error_page = [&](int status, const std::string& reason) { return pages->error(status, reason); }});
    pages = &pages_client.pages;
    const auto post = [&](const std::string& accept, char digit, const std::string& method = "pause") {
        return pages_client.client.post("/api/" + method, "{}",
                                        {{"Authorization", "Bearer " + token(digit)}, {"Accept", accept}});
    };
    const http::Response page = post("text/html,application/xhtml+xml", '1');
    CHECK(page.status == 403);
    CHECK_THAT(HtmlReader(page.body).text(), Catch::Contains("The action was refused role operate required"));
    CHECK_THAT(post("*/*", '1').body, Catch::StartsWith(R"({"error": "role operate)"));
    CHECK(post("text/html", '9').header("WWW-Authenticate").has_value());
}

TEST_CASE("an action by JSON is the same change as by the form, in the name of the operator", "[dashboard][json]") {
    PagesClient pages_client({.tokens = api::Tokens::parse("viewer view " + token('1') + "\nworker work " + token('2') +
                                                               "\nalice operate " + token('3') + "\n",
                                                           "tokens")});
    TestClient& client = pages_client.client;
    const http::Headers worker{{"Authorization", "Bearer " + token('2')}};
    client.post("/api/add_task", R"({"worker": "W", "task_id": "A", "family": "A"})", worker);
    client.post("/api/add_task", R"({"worker": "W", "task_id": "A", "status": "FAILED"})", worker);
    client.executor.machine.take_write_batch();
    CHECK(pages_client.act("A", "retry").status == 401);
    CHECK(pages_client.act("A", "retry", "", '1').status == 403);
    CHECK(pages_client.act("A", "retry", "", '2').status == 403);
    const http::Response response = pages_client.act("A", "retry", "", '3');
    CHECK(response.status == 200);
    CHECK(Json::parse(response.body).at("result").at("status").as_string() == "PENDING");
    CHECK(client.audit.entries.back().principal == "alice");
    CHECK(client.audit.entries.back().action == "api.retry_tasks");
    CHECK_THAT(client.audit.entries.back().arguments, Catch::Contains("\"A\""));
    const auto history = client.executor.machine.take_write_batch().history;
    REQUIRE(history.size() == 1);
    CHECK(history[0].worker == "operator alice");
}

TEST_CASE("an action by JSON is refused with its reason", "[dashboard][json]") {
    PagesClient pages_client;
    pages_client.client.call("add_task", R"({"worker": "W", "task_id": "A", "family": "A"})");
    const auto refusal = [&](int status, const std::string& task, const std::string& action, const std::string& body) {
        const http::Response response = pages_client.act(task, action, body);
        CHECK(response.status == status);
        return Json::parse(response.body).at("error").as_string();
    };
    CHECK(refusal(404, "None", "retry", "") == "the scheduler has no task 'None'");
    CHECK(refusal(409, "A", "retry", "") == "retry: does not apply to 'A', which is PENDING");
    CHECK(refusal(400, "A", "set_priority", "{}") == "priority: required");
    CHECK_THAT(refusal(400, "A", "set_priority", R"({"priority": "high"})"), Catch::Contains("priority"));
    CHECK(refusal(400, "A", "retry", R"({"before": 3})") == "before: there is no such argument");
    CHECK_THAT(refusal(400, "A", "retry", "[1"), Catch::Contains("parse JSON"));
    CHECK_THAT(refusal(400, "A", "retry", "[1]"), Catch::Contains("object"));
    CHECK(pages_client.get("/api/v1/task/A/retry").status == 405);
    pages_client.client.executor.stalled = 9s;
    CHECK_THAT(refusal(503, "A", "set_priority", R"({"priority": 1})"), Catch::Contains("answered nobody for 9 s"));
}

TEST_CASE("a failure is acknowledged by the page's button, with its operator in the audit log and the history",
          "[dashboard]") {
    PagesClient pages_client({.tokens = api::Tokens::parse("viewer view " + token('1') + "\nworker work " + token('2') +
                                                               "\nalice operate " + token('3') + "\n",
                                                           "tokens")});
    TestClient& client = pages_client.client;
    const auto post = [&](char digit, const std::string& method, const std::string& data) {
        return client.post("/api/" + method, data,
                           {{"Authorization", "Bearer " + token(digit)},
                            {"Accept", "text/html,application/xhtml+xml"},
                            {"Origin", "http://localhost"}});
    };
    post('2', "add_task", R"({"worker": "W", "task_id": "A", "family": "A"})");
    post('2', "add_task", R"({"worker": "W", "task_id": "A", "status": "FAILED"})");
    CHECK(pages_client.get("/", '1').header("Referrer-Policy") == "same-origin");  // else the form's Origin is null
    client.executor.machine.take_write_batch();
    CHECK(post('1', "acknowledge_failures", R"({"task_id": "A"})").status == 403);
    CHECK(post('2', "acknowledge_failures", R"({"task_id": "A"})").status == 403);
    const http::Response response = post('3', "acknowledge_failures", R"({"task_id": "A"})");
    CHECK(response.status == 303);
    CHECK(response.header("Location") == "../");
    CHECK(client.audit.entries.back().principal == "alice");
    CHECK(client.audit.entries.back().action == "api.acknowledge_failures");
    CHECK(client.audit.entries.back().status == 303);
    const auto history = client.executor.machine.take_write_batch().history;
    REQUIRE(history.size() == 1);
    CHECK(history[0].task_id == "A");
    CHECK(history[0].worker == "operator alice");
}

TEST_CASE("after an action the browser is sent back to the page of the task", "[dashboard]") {
    PagesClient pages_client;
    TestClient& client = pages_client.client;
    client.call("add_task", R"({"worker": "W", "task_id": "A/b", "family": "A"})");
    const auto from = [&](const char* page) {
        return client
            .post("/api/set_task_priority", R"({"task_id": "A/b", "priority": 7})",
                  {{"Accept", "text/html"}, {"Origin", "http://localhost"}, {"Referer", page}})
            .header("Location");
    };
    CHECK(from("http://localhost/task/A%2Fb") == "../task/A%2Fb");
    CHECK(from("http://localhost/") == "../");
}

TEST_CASE("workers are drained and resized, limits set and the scheduler paused by operators, from their pages",
          "[dashboard]") {
    PagesClient pages_client(
        {.tokens = api::Tokens::parse(
             "v view " + token('1') + "\nw work " + token('2') + "\nalice operate " + token('3') + "\n", "tokens")});
    TestClient& client = pages_client.client;
    const auto press = [&](char digit, const std::string& page, const std::string& method, FormFields fields) {
        return client.send({.method = "POST",
                            .url = "/api/" + method,
                            .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                        {"Authorization", "Bearer " + token(digit)},
                                        {"Accept", "text/html"},
                                        {"Origin", "http://localhost"},
                                        {"Referer", "http://localhost/" + page}},
                            .body = form_encoded(fields)});
    };
    client.post("/api/add_worker", R"({"worker": "W", "info": {}})", {{"Authorization", "Bearer " + token('2')}});
    const auto state = [&]() -> const scheduler::SchedulerState& { return client.executor.machine.state(); };
    CHECK(press('1', "workers", "disable_worker", {{"data", R"({"worker": "W"})"}}).status == 403);
    const http::Response drained = press('3', "workers", "disable_worker", {{"data", R"({"worker": "W"})"}});
    CHECK(drained.status == 303);
    CHECK(drained.header("Location") == "../workers");
    CHECK(state().workers.find("W")->disabled);
    press('3', "workers", "set_worker_processes", {{"data", R"({"worker": "W"})"}, {"n", "3"}});
    CHECK(std::get<rpc::SetWorkerProcesses>(client.executor.received.back()).n == 3);
    press('3', "workers", "pause", {{"data", "{}"}});
    CHECK(state().paused);
    CHECK(HtmlReader(pages_client.get("/workers", '3').body).text().find("Unpause the scheduler") != std::string::npos);
    CHECK(HtmlReader(pages_client.get("/workers", '1').body).text().find("Unpause the scheduler") == std::string::npos);
    const auto limit =
        press('3', "resources", "update_resource", {{"data", "{}"}, {"resource", "db"}, {"amount", "7"}});
    CHECK(limit.header("Location") == "../resources");
    CHECK(scheduler::limit_of(state().limits, "db") == 7);
    CHECK(client.audit.entries.back().principal == "alice");
    CHECK(client.audit.entries.back().action == "api.update_resource");
    CHECK(press('3', "resources", "update_resource", {{"data", "{}"}, {"resource", "db"}, {"amount", "many"}}).status >=
          303);
    CHECK(scheduler::limit_of(state().limits, "db") == 7);
}

TEST_CASE("each view is in the navigation bar of each page, with the present one marked, and answers as JSON, too",
          "[dashboard]") {
    PagesClient pages_client;
    for (const std::string view : {"grid", "tasks", "graph", "runs", "durations", "history", "workers", "resources"}) {
        INFO(view);
        const http::Response page = pages_client.get("/" + view);
        CHECK(page.status == 200);
        const HtmlReader html(page.body);
        CHECK(std::ranges::count(html.links(), "./" + view) == 1);
        CHECK(std::ranges::count(html.links(), "#main") == 1);
        CHECK_THAT(page.body, Catch::Contains("href=\"./" + view + "\" aria-current=\"page\""));
        if (view == "runs") continue;  // whose JSON comes with that of a run
        const http::Response json = pages_client.get("/api/v1/" + view);
        CHECK(json.status == 200);
        CHECK_FALSE(Json::parse(json.body).at("as_of").as_string().empty());
    }
}

TEST_CASE("a form's text becomes the content of a message", "[dashboard]") {
    PagesClient pages_client;
    const http::Response response = pages_client.client.send(
        {.method = "POST",
         .url = "/api/send_scheduler_message",
         .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
         .body = form_encoded({{"data", R"({"worker": "W", "task": "A"})"}, {"content", "{\"stop\": 1}"}})});
    CHECK(response.status == 200);
    const auto& sent = std::get<rpc::SendSchedulerMessage>(pages_client.client.executor.received.back());
    CHECK(sent.content == "{\"stop\": 1}");
}
