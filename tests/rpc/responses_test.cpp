// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/responses.hpp"
#include "rpc/codec.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::rpc;
using namespace std::chrono_literals;

namespace {

constexpr Time noon{1'787'313'600s};

/// Encodes and decodes a response.
Response round_trip(const Request& request, const Response& said) {
    return decode_response(request, Json::parse(encode(said).text()));
}

const Pending some_pending{
    .n_pending_tasks = 3,
    .n_unique_pending = 2,
    .n_pending_last_scheduled = 1,
    .running_tasks = {{.task_id = "A_1", .worker = "V", .info = {{"host", "vm"}, {"workers", 2}}}}};

}  // namespace

TEST_CASE("a task that was handed out is heard as it was said, with its lease", "[wire]") {
    const Work work{.pending = some_pending,
                    .assignment = Assignment{.task_id = "B_1",
                                             .family = "B",
                                             .module = "m",
                                             .params = {{"x", "1"}, {"a", "\u00e9"}},
                                             .lease = Lease{7, noon},
                                             .attempt = 2}};
    CHECK(round_trip(GetWork{.worker = "W"}, work) == Response(work));
}

TEST_CASE("a task of a scheduler without leases has none", "[wire]") {
    const Work work{.assignment = Assignment{.task_id = "B_1", .family = "B"}};
    CHECK(round_trip(GetWork{.worker = "W"}, work) == Response(work));
}

TEST_CASE("a batch is heard with its lists of parameters", "[wire]") {
    const Work work{.assignment = BatchAssignment{.family = "B",
                                                  .params = {{"d", "1"}, {"k", "a"}},
                                                  .batched = {{"d", {"1", "2"}}},
                                                  .batch_id = "b",
                                                  .task_ids = {"B_1", "B_2"},
                                                  .lease = Lease{8, noon}}};
    CHECK(round_trip(GetWork{.worker = "W"}, work) == Response(work));
}

TEST_CASE("that there is no work, and that the worker was disabled, are heard as said", "[wire]") {
    CHECK(round_trip(GetWork{.worker = "W"}, Work{.pending = some_pending}) == Response(Work{.pending = some_pending}));
    CHECK(round_trip(GetWork{.worker = "W"}, Work{.pending = {.active = false}}) ==
          Response(Work{.pending = {.active = false}}));
    CHECK(round_trip(CountPending{.worker = "W"}, some_pending) == Response(some_pending));
}

TEST_CASE("what a luigid of long ago does not say has its default", "[wire]") {
    const auto answer = Json::parse(R"({"n_pending_tasks":1,"n_unique_pending":1,"running_tasks":[],"task_id":null})");
    CHECK(decode_response(GetWork{.worker = "W"}, answer) ==
          Response(Work{.pending = {.n_pending_tasks = 1, .n_unique_pending = 1}}));
}

TEST_CASE("the answer to a report tells when it is tried again, or why it did not count", "[wire]") {
    const AddTask report{.worker = "W", .task_id = "A"};
    for (const TaskAdded& added : {TaskAdded{}, TaskAdded{.retry = noon}, TaskAdded{.refused = "too late"},
                                   TaskAdded{.status = Status::failed, .error = "no luck", .is_offered = true}})
        CHECK(round_trip(report, added) == Response(added));
    const TasksAdded many{{{}, {.retry = noon}}};
    CHECK(round_trip(RegisterTasks{{report, report}}, many) == Response(many));
}

TEST_CASE("leases and messages are heard as said", "[wire]") {
    for (const LeaseState& state : {LeaseState{.held = true, .expires = noon}, LeaseState{.reason = "gone"}})
        CHECK(round_trip(HoldsLease{.worker = "W", .task_id = "A"}, state) == Response(state));
    const Messages messages{{{.name = "set_worker_processes", .kwargs = {{"n", 3}}}}};
    CHECK(round_trip(Ping{.worker = "W"}, messages) == Response(messages));
    const Messages taken{.taken_leases = {{"A", 7}}};
    CHECK(round_trip(Ping{.worker = "W", .leases = {{"A", 7}, {"B", 8}}}, taken) == Response(taken));
}

TEST_CASE("methods without a result, and queries, are heard as they are", "[wire]") {
    CHECK(round_trip(Pause{}, Nothing{}) == Response(Nothing{}));
    CHECK(round_trip(IsPaused{}, Json(Json::Object{{"paused", true}})) ==
          Response(Json(Json::Object{{"paused", true}})));
}

TEST_CASE("what is no answer to the request is refused with its text", "[wire]") {
    CHECK_THROWS_WITH(decode_response(GetWork{.worker = "W"}, Json(5)),
                      Catch::StartsWith("get_work: '5' is no answer to it: "));
}

TEST_CASE("a greeting names the extensions, and a luigid has none", "[wire]") {
    CHECK(has_extension(server_info(), extension_names::leases));
    CHECK_FALSE(has_extension(Json(), extension_names::leases));
    CHECK(encode(Request(Hello{})).method == "hello");
}
