// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/luigi_dialect.hpp"

#include "support/fake_clock.hpp"
#include "wire/codec.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;

namespace {

/// Answers null or no work, and keeps a diary of what it was told.
class FakeLuigid final : public worker::SchedulerClient {
public:
    std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override {
        std::vector<wire::Response> answers;
        for (const wire::Request& request : requests) {
            diary.push_back(wire::encode(request));
            answers.push_back(std::holds_alternative<wire::GetWork>(request) ? wire::Response(wire::Work{}) : wire::TaskAdded{});
        }
        return answers;
    }
    std::vector<wire::Call> diary;
};

struct Talk {
    wire::Response say(wire::Request request) { return dialect.call({std::move(request)}).front(); }
    std::optional<Time> fail(FailureClass failure_class) {
        return std::get<wire::TaskAdded>(say(wire::AddTask{.worker = "W",
                                                           .task_id = "A",
                                                           .status = wire::Status::failed,
                                                           .retry_policy_dict = wire::RetryPolicy{.attempts = 3, .first_pause = 10, .longest_pause = 60},
                                                           .lease = 7,
                                                           .failure = wire::Failure{failure_class},
                                                           .attempt = Json::object()}))
            .retry;
    }

    FakeLuigid luigid;
    test::FakeClock clock;
    std::vector<Event> kept;
    worker::LuigiDialect dialect{{.luigid = luigid,
                                  .clock = clock,
                                  .chance = [] { return 1.0; },
                                  .keep_events = [this](const std::vector<Event>& events) { kept = events; }}};
};

}  // namespace

TEST_CASE("a luigid hears no word that it does not know", "[worker]") {
    Talk talk;
    talk.fail(FailureClass::transient);
    talk.say(wire::GetWork{.worker = "W", .families = {"A"}, .wait = 20});
    const Json& report = talk.luigid.diary[0].arguments;
    for (const char* word : {"lease", "failure", "events", "attempt"}) CHECK(report.find(word) == nullptr);
    CHECK(report.at("retry_policy_dict").as_object().size() == 3);
    const Json& question = talk.luigid.diary[1].arguments;
    for (const char* word : {"leases", "families", "wait"}) CHECK(question.find(word) == nullptr);
}

TEST_CASE("many registrations are told to a luigid one by one", "[worker]") {
    Talk talk;
    talk.say(wire::RegisterTasks{{{.worker = "W", .task_id = "A"}, {.worker = "W", .task_id = "B"}}});
    REQUIRE(talk.luigid.diary.size() == 2);
    CHECK(talk.luigid.diary[1].method == "add_task");
}

TEST_CASE("without leases the target alone decides, and luigid is not asked", "[worker]") {
    Talk talk;
    CHECK(std::get<wire::LeaseState>(talk.say(wire::HoldsLease{.worker = "W", .task_id = "A"})).held);
    CHECK(talk.luigid.diary.empty());
}

TEST_CASE("a transient failure is registered again when its pause is over, as often as its policy says", "[worker]") {
    Talk talk;
    CHECK(talk.fail(FailureClass::transient) == talk.clock.now() + 10s);
    talk.say(wire::GetWork{.worker = "W"});
    CHECK(talk.luigid.diary.size() == 2);
    talk.clock.pass(10s);
    talk.say(wire::GetWork{.worker = "W"});
    REQUIRE(talk.luigid.diary.size() == 4);
    CHECK(talk.luigid.diary[2].arguments.at("status") == Json("PENDING"));
    CHECK(talk.fail(FailureClass::transient) == talk.clock.now() + 20s);
    CHECK(talk.fail(FailureClass::transient) == std::nullopt);
}

TEST_CASE("a permanent failure is left to luigid", "[worker]") {
    Talk talk;
    CHECK(talk.fail(FailureClass::permanent) == std::nullopt);
}

TEST_CASE("events are kept before luigid hears that the task is done", "[worker]") {
    Talk talk;
    talk.say(wire::AddTask{.worker = "W", .task_id = "A", .status = wire::Status::done,
                           .events = {Event{.id = "1", .source = "/s", .type = "t", .subject = "u", .time = {}, .key = "k", .data = 1}}});
    CHECK(talk.kept.size() == 1);
}
