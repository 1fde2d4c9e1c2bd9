// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "caller.hpp"
#include "support/fake_log.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <utility>
#include <vector>

using namespace freshet;
using scheduler::AuditEntry;
using scheduler::Tokens;
using test::TestClient;

namespace {

const std::string secret(40, 's');

http::Headers bearer() { return {{"Authorization", "Bearer " + secret}}; }

scheduler::RouterOptions with_token() { return {.tokens = Tokens::parse("alice operate " + secret, "tokens")}; }

}  // namespace

TEST_CASE("a change is written down with who made it, from where, and how it ended", "[audit]") {
    TestClient client(with_token());
    client.post("/api/update_resource", R"({"resource": "db", "amount": 2})", bearer());
    REQUIRE(client.audit.entries.size() == 1);
    const AuditEntry& entry = client.audit.entries[0];
    CHECK(entry.principal == "alice");
    CHECK(entry.peer == "127.0.0.1");
    CHECK(entry.action == "api.update_resource");
    CHECK(entry.arguments == R"({"resource": "db", "amount": 2})");
    CHECK(entry.status == 200);
    CHECK(entry.is_manual);
}

TEST_CASE("questions are not written down", "[audit]") {
    TestClient client;
    client.call("task_list");
    client.get("/healthz");
    CHECK(client.audit.entries.empty());
}

TEST_CASE("signs of life and questions for work in vain are not written down, work that is handed out is", "[audit]") {
    TestClient client;
    client.call("ping", R"({"worker": "w"})");
    client.call("get_work", R"({"worker": "w"})");
    CHECK(client.audit.entries.empty());
    client.call("add_task", R"({"worker": "w", "task_id": "A_1"})");
    client.call("get_work", R"({"worker": "w"})");
    REQUIRE(client.audit.entries.size() == 2);
    CHECK(client.audit.entries[1].action == "api.get_work");
}

TEST_CASE("a question for work that is wrong is written down", "[audit]") {
    TestClient client;
    client.post("/api/get_work", "{}");
    client.executor.is_full = true;
    client.post("/api/get_work", R"({"worker": "w"})");
    REQUIRE(client.audit.entries.size() == 2);
    CHECK(client.audit.entries[0].status == 500);
    CHECK(client.audit.entries[1].status == 503);
}

TEST_CASE("a sign of life is not sent by GET, though it is not audited", "[audit]") {
    TestClient client;
    CHECK(client.get("/api/ping?data=%7B%22worker%22%3A%22w%22%7D").status == 405);
    CHECK(client.executor.received.empty());
}

TEST_CASE("what workers say is written down, and told apart", "[audit]") {
    TestClient client;
    client.call("add_task", R"({"worker": "w", "task_id": "A_1", "status": "FAILED", "expl": "a long story",
                                "deps": ["B_1", "B_2"], "owners": null})");
    REQUIRE(client.audit.entries.size() == 1);
    CHECK_FALSE(client.audit.entries[0].is_manual);
    CHECK(client.audit.entries[0].arguments ==
          R"({"worker": "w", "task_id": "A_1", "status": "FAILED", "deps": "2 of them"})");
}

TEST_CASE("a change that failed is written down as one", "[audit]") {
    TestClient client;
    client.post("/api/update_resource", "{}");
    REQUIRE(client.audit.entries.size() == 1);
    CHECK(client.audit.entries[0].status == 500);
}

TEST_CASE("a change is written down, too, when who made it does not wait for the answer", "[audit]") {
    TestClient client(with_token());
    client.send_and_forget("/api/update_resource", R"({"resource": "db", "amount": 2})", bearer());
    CHECK(client.executor.received.size() == 1);
    REQUIRE(client.audit.entries.size() == 1);
    CHECK(client.audit.entries[0].action == "api.update_resource");
    CHECK(client.audit.entries[0].status == scheduler::client_closed_request);
}

TEST_CASE("a change that nobody can answer any more is written down once", "[audit]") {
    TestClient client;
    client.executor.is_stopped = true;
    client.send_and_forget("/api/pause", "{}");
    CHECK(client.audit.entries.size() == 1);
    client.post("/api/pause", "{}");
    REQUIRE(client.audit.entries.size() == 2);
    CHECK(client.audit.entries[1].status == 503);
}

TEST_CASE("an answer that outlives the scheduler's address is written down", "[audit]") {
    test::FakeAuditBackend audit;
    std::vector<http::MakeResponse> answers;
    {
        test::DirectExecutor executor;
        const test::FakeClock clock;
        scheduler::Router router(executor, clock, {.audit_backends = {&audit}});
        router.handle({.method = "POST", .url = "/api/pause", .headers = {{"Host", "localhost"}}},
                      [&](http::MakeResponse make) { answers.push_back(std::move(make)); });
        CHECK(audit.entries.empty());
    }
    answers.clear();
    CHECK(audit.entries.size() == 1);
}

TEST_CASE("whoever is turned away is written down, without the token that was tried", "[audit]") {
    TestClient client(with_token());
    client.post("/api/pause?x=1", "{}", {{"Authorization", "Bearer " + std::string(40, 'x')}});
    REQUIRE(client.audit.entries.size() == 1);
    const AuditEntry& entry = client.audit.entries[0];
    CHECK(entry.action == "POST /api/pause");
    CHECK(entry.status == 401);
    CHECK(entry.arguments.find("xxxx") == std::string::npos);
}

TEST_CASE("a flood of refused requests is a trickle in the audit", "[audit]") {
    TestClient client(with_token());
    for (int i = 0; i < 100; ++i) client.get("/");
    CHECK(client.audit.entries.size() == 10);
    client.clock.advance(std::chrono::seconds(1));
    client.get("/");
    CHECK(Json::parse(client.audit.entries.back().arguments).at("not_shown_before") == Json(90));
}

TEST_CASE("long texts are cut", "[audit]") {
    TestClient client;
    client.call("disable_worker", R"({"worker": ")" + std::string(5000, 'w') + R"("})");
    CHECK(client.audit.entries.at(0).arguments.size() < 300);
}

TEST_CASE("a file takes a JSON object a line, and is opened anew when asked", "[audit]") {
    const test::TempDir folder;
    const auto path = folder.path() / "audit.log";
    test::FakeLog log;
    const test::FakeClock clock;
    scheduler::FileAuditBackend audit(path, clock, log);
    audit.record({.principal = "alice", .peer = "unix", .action = "api.pause", .status = 200});
    std::filesystem::rename(path, folder.path() / "audit.log.1");
    audit.reopen();
    audit.record(
        {.principal = "evil\n{}",
         .peer = "unix",
         .action = "api.unpause",
         .arguments = scheduler::audit_arguments(Json::parse(R"({"id": "a\nb\"é", "n": 1.5, "is": true, "no": null})")),
         .status = 200});
    CHECK(read_file(folder.path() / "audit.log.1") ==
          "{\"time\": \"2026-08-21T06:00:00.000Z\", \"actor\": \"alice\", \"peer\": \"unix\", \"action\": "
          "\"api.pause\", \"arguments\": null, \"status\": 200}\n");
    const std::string line = read_file(path);
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(Json::parse(line).at("actor") == Json("evil\n{}"));
    CHECK(Json::parse(line).at("arguments").text() == R"({"id":"a\nb\"é","n":1.5,"is":true})");
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::others_all) ==
          std::filesystem::perms::none);
}

TEST_CASE("the log hears of changes by hand and of refusals", "[audit]") {
    test::FakeLog log;
    scheduler::LogAuditBackend audit(log);
    audit.record({.principal = "w", .peer = "unix", .action = "api.add_task", .status = 200, .is_manual = false});
    CHECK(log.messages().empty());
    audit.record({.principal = "alice", .peer = "unix", .action = "api.pause", .status = 200});
    audit.record({.principal = "anybody",
                  .peer = "10.0.0.9",
                  .action = "POST /api/add_task",
                  .arguments = R"({"reason": "a token is needed"})",
                  .status = 401,
                  .is_manual = false});
    audit.record({.principal = "w",
                  .peer = "unix",
                  .action = "api.get_work",
                  .status = scheduler::client_closed_request,
                  .is_manual = false});
    CHECK(log.messages() ==
          std::vector<std::string>{"alice at unix: api.pause: 200",
                                   R"(anybody at 10.0.0.9: POST /api/add_task: 401 {"reason": "a token is needed"})"});
}
