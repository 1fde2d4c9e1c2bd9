// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "support/fake_log.hpp"
#include "support/small_disk.hpp"
#include "support/temp_dir.hpp"
#include "test_client.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <utility>
#include <vector>

using namespace freshet;
using api::AuditEntry;
using api::Tokens;
using test::TestClient;

namespace {

const std::string secret(40, 's');

http::Headers bearer() { return {{"Authorization", "Bearer " + secret}}; }

api::RouterOptions with_token() { return {.tokens = Tokens::parse("alice operate " + secret, "tokens")}; }

}  // namespace

TEST_CASE("a change is audited with principal, peer and status", "[audit]") {
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

TEST_CASE("queries are not audited", "[audit]") {
    TestClient client;
    client.call("task_list");
    client.get("/healthz");
    CHECK(client.audit.entries.empty());
}

TEST_CASE("heartbeats and empty work requests are not audited, assigned work is", "[audit]") {
    TestClient client;
    client.call("ping", R"({"worker": "w"})");
    client.call("get_work", R"({"worker": "w"})");
    CHECK(client.audit.entries.empty());
    client.call("add_task", R"({"worker": "w", "task_id": "A_1"})");
    client.call("get_work", R"({"worker": "w"})");
    REQUIRE(client.audit.entries.size() == 2);
    CHECK(client.audit.entries[1].action == "api.get_work");
}

TEST_CASE("a malformed work request is audited", "[audit]") {
    TestClient client;
    client.post("/api/get_work", "{}");
    client.executor.is_full = true;
    client.post("/api/get_work", R"({"worker": "w"})");
    REQUIRE(client.audit.entries.size() == 2);
    CHECK(client.audit.entries[0].status == 500);
    CHECK(client.audit.entries[1].status == 503);
}

TEST_CASE("heartbeats are rejected by GET, though they are not audited", "[audit]") {
    TestClient client;
    CHECK(client.get("/api/ping?data=%7B%22worker%22%3A%22w%22%7D").status == 405);
    CHECK(client.executor.received.empty());
}

TEST_CASE("worker messages are audited and marked as not manual", "[audit]") {
    TestClient client;
    client.call("add_task", R"({"worker": "w", "task_id": "A_1", "status": "FAILED", "expl": "a long story",
                                "deps": ["B_1", "B_2"], "owners": null})");
    REQUIRE(client.audit.entries.size() == 1);
    CHECK_FALSE(client.audit.entries[0].is_manual);
    CHECK(client.audit.entries[0].arguments ==
          R"({"worker": "w", "task_id": "A_1", "status": "FAILED", "deps": "2 elements"})");
}

TEST_CASE("a failed change is audited with its status", "[audit]") {
    TestClient client;
    client.post("/api/update_resource", "{}");
    REQUIRE(client.audit.entries.size() == 1);
    CHECK(client.audit.entries[0].status == 500);
}

TEST_CASE("a change is audited although its client has disconnected", "[audit]") {
    TestClient client(with_token());
    client.send_and_forget("/api/update_resource", R"({"resource": "db", "amount": 2})", bearer());
    CHECK(client.executor.received.size() == 1);
    REQUIRE(client.audit.entries.size() == 1);
    CHECK(client.audit.entries[0].action == "api.update_resource");
    CHECK(client.audit.entries[0].status == api::client_closed_request);
}

TEST_CASE("a change that gets no response is audited once", "[audit]") {
    TestClient client;
    client.executor.is_stopped = true;
    client.send_and_forget("/api/pause", "{}");
    CHECK(client.audit.entries.size() == 1);
    client.post("/api/pause", "{}");
    REQUIRE(client.audit.entries.size() == 2);
    CHECK(client.audit.entries[1].status == 503);
}

TEST_CASE("a response that outlives the router is audited", "[audit]") {
    test::FakeAuditBackend audit;
    std::vector<http::MakeResponse> responses;
    {
        test::DirectExecutor executor;
        const test::FakeClock clock;
        api::Router router(executor, clock, {.audit_backends = {&audit}});
        router.handle({.method = "POST", .url = "/api/pause", .headers = {{"Host", "localhost"}}},
                      [&](http::MakeResponse make) { responses.push_back(std::move(make)); });
        CHECK(audit.entries.empty());
    }
    responses.clear();
    CHECK(audit.entries.size() == 1);
}

TEST_CASE("rejected requests are audited without the token", "[audit]") {
    TestClient client(with_token());
    client.post("/api/pause?x=1", "{}", {{"Authorization", "Bearer " + std::string(40, 'x')}});
    REQUIRE(client.audit.entries.size() == 1);
    const AuditEntry& entry = client.audit.entries[0];
    CHECK(entry.action == "POST /api/pause");
    CHECK(entry.status == 401);
    CHECK(entry.arguments.find("xxxx") == std::string::npos);
}

TEST_CASE("audit lines of rejected requests are rate limited", "[audit]") {
    TestClient client(with_token());
    for (int i = 0; i < 100; ++i) client.get("/");
    CHECK(client.audit.entries.size() == 10);
    client.clock.advance(std::chrono::seconds(1));
    client.get("/");
    CHECK(Json::parse(client.audit.entries.back().arguments).at("not_shown_before") == Json(90));
}

TEST_CASE("long arguments are truncated", "[audit]") {
    TestClient client;
    client.call("disable_worker", R"({"worker": ")" + std::string(5000, 'w') + R"("})");
    CHECK(client.audit.entries.at(0).arguments.size() < 300);
}

TEST_CASE("no change is made while its audit line could not be written, and queries are answered", "[audit]") {
    TestClient client;
    client.audit.is_full = true;
    const auto response = client.post("/api/pause", "{}");
    CHECK(response.status == 503);
    CHECK(response.body.find("write audit log: no room; no change is made without its line there") !=
          std::string::npos);
    CHECK(client.post("/api/add_task", R"({"worker": "w", "task_id": "A_1"})").status == 503);
    CHECK(client.executor.received.empty());
    client.call("task_list");
    client.call("ping", R"({"worker": "w"})");  // a heartbeat has no line
    CHECK(client.executor.received.size() == 2);
    client.audit.is_full = false;
    CHECK(client.post("/api/pause", "{}").status == 200);
    CHECK(client.audit.entries.size() == 1);
}

TEST_CASE("an audit line that found the disk full is written before the next change, which is refused until then",
          "[audit]") {
    const test::TempDir folder;
    const auto path = folder.path() / "audit.log";
    std::filesystem::create_symlink("/dev/full", path);
    test::FakeLog log;
    const test::FakeClock clock;
    api::FileAuditBackend audit(path, clock, log);
    audit.record({.principal = "alice", .peer = "unix", .action = "api.pause", .status = 200});
    CHECK(log.messages().size() == 1);
    CHECK_THROWS_AS(audit.prepare(), DiskFullError);
    CHECK(audit.refused_changes().count == 1);
    CHECK(audit.refused_changes().last == test::FakeClock::start);
    std::filesystem::remove(path);
    audit.reopen();
    audit.prepare();
    CHECK(Json::parse(read_file(path)).at("action") == Json("api.pause"));
    CHECK(audit.refused_changes().count == 1);
}

TEST_CASE("a change is refused before the disk of the audit log is full", "[audit]") {
    const test::SmallDisk disk("size=64k");
    if (!disk) return;
    test::FakeLog log;
    const test::FakeClock clock;
    api::FileAuditBackend audit(disk / "audit.log", clock, log);
    CHECK_THROWS_AS(audit.prepare(), DiskFullError);
    audit.record({.principal = "alice", .peer = "unix", .action = "api.pause", .status = 200});
    CHECK(log.messages().empty());
}

TEST_CASE("an audit file has one JSON object a line and can be reopened", "[audit]") {
    const test::TempDir folder;
    const auto path = folder.path() / "audit.log";
    test::FakeLog log;
    const test::FakeClock clock;
    api::FileAuditBackend audit(path, clock, log);
    audit.record({.principal = "alice", .peer = "unix", .action = "api.pause", .status = 200});
    std::filesystem::rename(path, folder.path() / "audit.log.1");
    audit.reopen();
    audit.record(
        {.principal = "evil\n{}",
         .peer = "unix",
         .action = "api.unpause",
         .arguments = api::audit_arguments(Json::parse(R"({"id": "a\nb\"é", "n": 1.5, "is": true, "no": null})")),
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

TEST_CASE("the log has manual changes and rejections", "[audit]") {
    test::FakeLog log;
    api::LogAuditBackend audit(log);
    audit.record({.principal = "w", .peer = "unix", .action = "api.add_task", .status = 200, .is_manual = false});
    CHECK(log.messages().empty());
    audit.record({.principal = "alice", .peer = "unix", .action = "api.pause", .status = 200});
    audit.record({.principal = "anybody",
                  .peer = "10.0.0.9",
                  .action = "POST /api/add_task",
                  .arguments = R"({"reason": "authentication required"})",
                  .status = 401,
                  .is_manual = false});
    audit.record({.principal = "w",
                  .peer = "unix",
                  .action = "api.get_work",
                  .status = api::client_closed_request,
                  .is_manual = false});
    CHECK(log.messages() ==
          std::vector<std::string>{
              "alice at unix: api.pause: 200",
              R"(anybody at 10.0.0.9: POST /api/add_task: 401 {"reason": "authentication required"})"});
}
