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
using test::Caller;

namespace {

const std::string secret(40, 's');

http::Headers bearer() { return {{"Authorization", "Bearer " + secret}}; }

scheduler::ApiOptions with_token() { return {.tokens = Tokens::parse("alice operate " + secret, "tokens")}; }

}  // namespace

TEST_CASE("a change is written down with who made it, from where, and how it ended", "[audit]") {
    Caller caller(with_token());
    caller.post("/api/update_resource", R"({"resource": "db", "amount": 2})", bearer());
    REQUIRE(caller.audit.entries.size() == 1);
    const AuditEntry& entry = caller.audit.entries[0];
    CHECK(entry.actor == "alice");
    CHECK(entry.peer == "127.0.0.1");
    CHECK(entry.action == "api.update_resource");
    CHECK(entry.arguments == R"({"resource": "db", "amount": 2})");
    CHECK(entry.status == 200);
    CHECK(entry.by_hand);
}

TEST_CASE("questions are not written down", "[audit]") {
    Caller caller;
    caller.call("task_list");
    caller.get("/healthz");
    CHECK(caller.audit.entries.empty());
}

TEST_CASE("signs of life and questions for work in vain are not written down, work that is handed out is", "[audit]") {
    Caller caller;
    caller.call("ping", R"({"worker": "w"})");
    caller.call("get_work", R"({"worker": "w"})");
    CHECK(caller.audit.entries.empty());
    caller.call("add_task", R"({"worker": "w", "task_id": "A_1"})");
    caller.call("get_work", R"({"worker": "w"})");
    REQUIRE(caller.audit.entries.size() == 2);
    CHECK(caller.audit.entries[1].action == "api.get_work");
}

TEST_CASE("a question for work that is wrong is written down", "[audit]") {
    Caller caller;
    caller.post("/api/get_work", "{}");
    caller.executor.is_full = true;
    caller.post("/api/get_work", R"({"worker": "w"})");
    REQUIRE(caller.audit.entries.size() == 2);
    CHECK(caller.audit.entries[0].status == 500);
    CHECK(caller.audit.entries[1].status == 503);
}

TEST_CASE("a sign of life is not sent by GET, though it is not audited", "[audit]") {
    Caller caller;
    CHECK(caller.get("/api/ping?data=%7B%22worker%22%3A%22w%22%7D").status == 405);
    CHECK(caller.executor.asked.empty());
}

TEST_CASE("what workers say is written down, and told apart", "[audit]") {
    Caller caller;
    caller.call("add_task", R"({"worker": "w", "task_id": "A_1", "status": "FAILED", "expl": "a long story",
                                "deps": ["B_1", "B_2"], "owners": null})");
    REQUIRE(caller.audit.entries.size() == 1);
    CHECK_FALSE(caller.audit.entries[0].by_hand);
    CHECK(caller.audit.entries[0].arguments ==
          R"({"worker": "w", "task_id": "A_1", "status": "FAILED", "deps": "2 of them"})");
}

TEST_CASE("a change that failed is written down as one", "[audit]") {
    Caller caller;
    caller.post("/api/update_resource", "{}");
    REQUIRE(caller.audit.entries.size() == 1);
    CHECK(caller.audit.entries[0].status == 500);
}

TEST_CASE("a change is written down, too, when who made it does not wait for the answer", "[audit]") {
    Caller caller(with_token());
    caller.ask_and_go("/api/update_resource", R"({"resource": "db", "amount": 2})", bearer());
    CHECK(caller.executor.asked.size() == 1);
    REQUIRE(caller.audit.entries.size() == 1);
    CHECK(caller.audit.entries[0].action == "api.update_resource");
    CHECK(caller.audit.entries[0].status == scheduler::client_gone);
}

TEST_CASE("a change that nobody can answer any more is written down once", "[audit]") {
    Caller caller;
    caller.executor.is_gone = true;
    caller.ask_and_go("/api/pause", "{}");
    CHECK(caller.audit.entries.size() == 1);
    caller.post("/api/pause", "{}");
    REQUIRE(caller.audit.entries.size() == 2);
    CHECK(caller.audit.entries[1].status == 503);
}

TEST_CASE("an answer that outlives the scheduler's address is written down", "[audit]") {
    test::FakeAudit audit;
    std::vector<http::MakeResponse> answers;
    {
        test::DirectExecutor executor;
        const test::FakeClock clock;
        scheduler::Api api(executor, clock, {.audits = {&audit}});
        api.handle({.method = "POST", .url = "/api/pause", .headers = {{"Host", "localhost"}}},
                   [&](http::MakeResponse make) { answers.push_back(std::move(make)); });
        CHECK(audit.entries.empty());
    }
    answers.clear();
    CHECK(audit.entries.size() == 1);
}

TEST_CASE("whoever is turned away is written down, without the token that was tried", "[audit]") {
    Caller caller(with_token());
    caller.post("/api/pause?x=1", "{}", {{"Authorization", "Bearer " + std::string(40, 'x')}});
    REQUIRE(caller.audit.entries.size() == 1);
    const AuditEntry& entry = caller.audit.entries[0];
    CHECK(entry.action == "POST /api/pause");
    CHECK(entry.status == 401);
    CHECK(entry.arguments.find("xxxx") == std::string::npos);
}

TEST_CASE("a flood of refused requests is a trickle in the audit", "[audit]") {
    Caller caller(with_token());
    for (int i = 0; i < 100; ++i) caller.get("/");
    CHECK(caller.audit.entries.size() == 10);
    caller.clock.pass(std::chrono::seconds(1));
    caller.get("/");
    CHECK(Json::parse(caller.audit.entries.back().arguments).at("not_shown_before") == Json(90));
}

TEST_CASE("long texts are cut", "[audit]") {
    Caller caller;
    caller.call("disable_worker", R"({"worker": ")" + std::string(5000, 'w') + R"("})");
    CHECK(caller.audit.entries.at(0).arguments.size() < 300);
}

TEST_CASE("a file takes a JSON object a line, and is opened anew when asked", "[audit]") {
    const test::TempDir folder;
    const auto path = folder.path() / "audit.log";
    test::FakeLog log;
    const test::FakeClock clock;
    scheduler::FileAudit audit(path, clock, log);
    audit.note({.actor = "alice", .peer = "unix", .action = "api.pause", .status = 200});
    std::filesystem::rename(path, folder.path() / "audit.log.1");
    audit.reopen();
    audit.note({.actor = "evil\n{}",
                .peer = "unix",
                .action = "api.unpause",
                .arguments = scheduler::audited(Json::parse(R"({"id": "a\nb\"é", "n": 1.5, "is": true, "no": null})")),
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
    scheduler::LogAudit audit(log);
    audit.note({.actor = "w", .peer = "unix", .action = "api.add_task", .status = 200, .by_hand = false});
    CHECK(log.messages().empty());
    audit.note({.actor = "alice", .peer = "unix", .action = "api.pause", .status = 200});
    audit.note({.actor = "anybody",
                .peer = "10.0.0.9",
                .action = "POST /api/add_task",
                .arguments = R"({"reason": "a token is needed"})",
                .status = 401,
                .by_hand = false});
    audit.note(
        {.actor = "w", .peer = "unix", .action = "api.get_work", .status = scheduler::client_gone, .by_hand = false});
    CHECK(log.messages() ==
          std::vector<std::string>{"alice at unix: api.pause: 200", R"(anybody at 10.0.0.9: POST /api/add_task: 401 {"reason": "a token is needed"})"});
}
