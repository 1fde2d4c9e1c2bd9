// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/luigid_client.hpp"

#include "rpc/codec.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;

namespace {

/// Answers null or no work, and records the calls.
class FakeLuigid final : public worker::SchedulerClient {
public:
    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
        std::vector<rpc::Response> answers;
        for (const rpc::Request& request : requests) {
            calls.push_back(rpc::encode(request));
            answers.push_back(std::holds_alternative<rpc::GetWork>(request) ? rpc::Response(rpc::Work{})
                                                                            : rpc::TaskAdded{});
        }
        return answers;
    }
    std::vector<rpc::Call> calls;
};

struct LuigidAdapterFixture {
    rpc::Response send(rpc::Request request) { return adapter.call({std::move(request)}).front(); }
    std::optional<Time> fail(FailureClass failure_class) {
        return std::get<rpc::TaskAdded>(
                   send(rpc::AddTask{
                       .worker = "W",
                       .task_id = "A",
                       .status = rpc::Status::failed,
                       .retry_policy_dict = rpc::RetryPolicy{.attempts = 3, .first_pause = 10, .longest_pause = 60},
                       .lease = 7,
                       .failure = rpc::Failure{failure_class},
                       .attempt = Json::object()}))
            .retry;
    }

    FakeLuigid luigid;
    test::FakeClock clock;
    std::vector<Event> stored_events;
    worker::LuigidAdapter adapter{
        {.luigid = luigid,
         .clock = clock,
         .jitter = [] { return 1.0; },
         .store_events = [this](const std::vector<Event>& events) { stored_events = events; }}};
};

}  // namespace

TEST_CASE("a luigid gets no extensions", "[worker]") {
    LuigidAdapterFixture fixture;
    fixture.fail(FailureClass::transient);
    fixture.send(rpc::GetWork{.worker = "W", .families = {"A"}, .wait = 20});
    const Json& report = fixture.luigid.calls[0].arguments;
    for (const char* name : {"lease", "failure", "events", "attempt"}) CHECK(report.find(name) == nullptr);
    CHECK(report.at("retry_policy_dict").as_object().size() == 3);
    const Json& request = fixture.luigid.calls[1].arguments;
    for (const char* name : {"leases", "families", "wait"}) CHECK(request.find(name) == nullptr);
}

TEST_CASE("many tasks are registered with a luigid one by one", "[worker]") {
    LuigidAdapterFixture fixture;
    fixture.send(rpc::RegisterTasks{{{.worker = "W", .task_id = "A"}, {.worker = "W", .task_id = "B"}}});
    REQUIRE(fixture.luigid.calls.size() == 2);
    CHECK(fixture.luigid.calls[1].method == "add_task");
}

TEST_CASE("a luigid is not asked about leases", "[worker]") {
    LuigidAdapterFixture fixture;
    CHECK(std::get<rpc::LeaseState>(fixture.send(rpc::HoldsLease{.worker = "W", .task_id = "A"})).held);
    CHECK(fixture.luigid.calls.empty());
}

TEST_CASE("a transient failure is registered again when its pause is over, as often as its policy says", "[worker]") {
    LuigidAdapterFixture fixture;
    CHECK(fixture.fail(FailureClass::transient) == fixture.clock.now() + 10s);
    fixture.send(rpc::GetWork{.worker = "W"});
    CHECK(fixture.luigid.calls.size() == 2);
    fixture.clock.advance(10s);
    fixture.send(rpc::GetWork{.worker = "W"});
    REQUIRE(fixture.luigid.calls.size() == 4);
    CHECK(fixture.luigid.calls[2].arguments.at("status") == Json("PENDING"));
    CHECK(fixture.fail(FailureClass::transient) == fixture.clock.now() + 20s);
    CHECK(fixture.fail(FailureClass::transient) == std::nullopt);
}

TEST_CASE("a permanent failure is left to luigid", "[worker]") {
    LuigidAdapterFixture fixture;
    CHECK(fixture.fail(FailureClass::permanent) == std::nullopt);
}

TEST_CASE("events are stored before luigid gets the completion", "[worker]") {
    LuigidAdapterFixture fixture;
    fixture.send(rpc::AddTask{
        .worker = "W",
        .task_id = "A",
        .status = rpc::Status::done,
        .events = {Event{.id = "1", .source = "/s", .type = "t", .subject = "u", .time = {}, .key = "k", .data = 1}}});
    CHECK(fixture.stored_events.size() == 1);
}
