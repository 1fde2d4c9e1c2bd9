// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/test_instances.hpp"
#include "support/fake_log.hpp"
#include "test_client.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using api::TestInstances;
using test::TestClient;

namespace {

struct Suite {
    test::FakeLog log;
    test::FakeClock clock;
    TestInstances instances{clock, log};
    TestClient client{{.instances = &instances}};

    std::string make(const std::string& description = "{}") {
        const auto response = client.send({.method = "POST",
                                           .url = "/debug/new",
                                           .headers = {{"Content-Type", "application/json"}},
                                           .body = description});
        if (response.status != 200) throw std::runtime_error(response.body);
        return "/i/" + Json::parse(response.body).at("id").text() + "/api/";
    }
    Json call(const std::string& url, const std::string& data, const std::string& now = "1000.5") {
        const auto response = client.post(url, data, {{"X-Debug-Now", now}});
        if (response.status != 200) throw std::runtime_error(response.body);
        return Json::parse(response.body).at("response");
    }
};

const std::string task = R"({"worker": "w", "task_id": "A_1", "family": "A"})";

}  // namespace

TEST_CASE("test instances are isolated from each other and from the scheduler", "[instances]") {
    Suite suite;
    const std::string one = suite.make(), other = suite.make();
    suite.call(one + "add_task", task);
    CHECK(suite.call(one + "task_list", "{}").as_object().size() == 1);
    CHECK(suite.call(other + "task_list", "{}").as_object().empty());
    CHECK(suite.client.call("task_list").as_object().empty());
}

TEST_CASE("X-Debug-Now sets the clock of a call to a test instance", "[instances]") {
    Suite suite;
    const std::string api =
        suite.make(R"({"config": {"retry_delay": 5, "prune_on_get_work": true}, "resources": null})");
    suite.call(api + "add_task", task);
    CHECK(suite.call(api + "task_list", "{}").at("A_1").at("start_time") == Json(1000.5));
    suite.call(api + "get_work", R"({"worker": "w"})");
    suite.call(api + "add_task", R"({"worker": "w", "task_id": "A_1", "family": "A", "status": "FAILED"})");
    CHECK(suite.call(api + "get_work", R"({"worker": "w"})", "1004").at("task_id").is_null());
    CHECK(suite.call(api + "get_work", R"({"worker": "w"})", "1006").at("task_id") == Json("A_1"));
}

TEST_CASE("a test instance has the given resources", "[instances]") {
    Suite suite;
    const std::string api = suite.make(R"({"config": {}, "resources": {"db": 3}})");
    CHECK(suite.call(api + "resource_list", "{}").as_array().at(0).at("num_total") == Json(3));
}

TEST_CASE("a description is accepted with any Content-Type", "[instances]") {
    Suite suite;
    const std::string description = R"( {"config": {"retry_count": 3, "retry_delay": null}, "resources": {"db": 3}})";
    const auto type =
        GENERATE(as<std::string>{}, "application/x-www-form-urlencoded", "text/plain", "application/json");
    const auto made = suite.client.send(
        {.method = "POST", .url = "/debug/new", .headers = {{"Content-Type", type}}, .body = description});
    REQUIRE(made.body == R"({"id": 1})");
    CHECK(suite.call("/i/1/api/resource_list", "{}").as_array().size() == 1);
    CHECK(suite.client.post("/debug/new", description).body == R"({"id": 2})");
    CHECK(suite.call("/i/2/api/resource_list", "{}").as_array().size() == 1);
}

TEST_CASE("an invalid description is rejected with the reason", "[instances]") {
    Suite suite;
    CHECK_THROWS_WITH(suite.make(R"({"config": {"retry_dely": 5}})"), Catch::Contains("did you mean 'retry_delay'?"));
    CHECK_THROWS_WITH(suite.make(R"({"resources": {"db": "many"}})"), Catch::Contains("create test instance"));
    CHECK_THROWS(suite.make("[]"));
}

TEST_CASE("a test instance accepts changes by GET, but not from browsers", "[instances]") {
    Suite suite;
    const std::string api = suite.make();
    CHECK(suite.client.get(api + "pause").status == 200);
    CHECK(suite.client.get(api + "pause", {{"Sec-Fetch-Site", "cross-site"}}).status == 403);
    CHECK(suite.client.get(api + "pause", {{"Sec-Fetch-Site", "none"}}).status == 405);
}

TEST_CASE("an unknown test instance is 404", "[instances]") {
    Suite suite;
    CHECK(suite.client.post("/i/7/api/ping", R"({"worker": "w"})").status == 404);
    CHECK(suite.client.post("/i/-1/api/ping", R"({"worker": "w"})").status == 404);
    CHECK(suite.client.post("/i//api/ping", R"({"worker": "w"})").status == 404);
    CHECK(suite.client.get("/i/1/healthz").status == 404);
}

TEST_CASE("the oldest test instances are evicted", "[instances]") {
    Suite suite;
    const std::string first = suite.make();
    for (int i = 0; i < 256; ++i) suite.make();
    CHECK(suite.client.post(first + "ping", R"({"worker": "w"})").status == 404);
}

TEST_CASE("test instances are disabled outside test mode", "[instances]") {
    TestClient client;
    CHECK(client.post("/debug/new", "{}").status == 404);
    CHECK(client.post("/i/1/api/ping", R"({"worker": "w"})").status == 404);
}

TEST_CASE("an invalid X-Debug-Now is rejected", "[instances]") {
    Suite suite;
    const std::string one = suite.make();
    for (const char* now : {"inf", "nan"})
        CHECK_THROWS_WITH(suite.call(one + "add_task", task, now), Catch::Contains("is not a time"));
}
