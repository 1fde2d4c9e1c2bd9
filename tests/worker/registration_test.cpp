// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"
#include "worker/rpc_client.hpp"

#include "scheduler/scheduler_state.hpp"
#include "scheduler/state_machine.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;

namespace {

/// Accepts registrations up to the body limit of freshetd; each answer names its task.
class RegistrationServer final : public http::Client {
public:
    http::Response send(const http::Request& request) override {
        if (request.body.size() > limit) return {.status = 413};
        if (failing_call == ++calls) throw TransientError("post: connection refused");
        const Json arguments = Json::parse(request.body);
        Json answers = Json::array();
        for (const Json& task : arguments.at("tasks").as_array()) {
            ids.push_back(task.at("task_id").as_string());
            answers.push_back(Json::Object{{"status", "PENDING"}, {"error", ids.back()}});
        }
        return {.body = Json(Json::Object{{"response", std::move(answers)}}).text()};
    }

    std::size_t limit = http::ServerOptions().body_limit;  // the default of freshetd
    int calls = 0;
    int failing_call = 0;  // the number of the call that finds nobody
    std::vector<std::string> ids;
};

struct Fetch {
    int lead = 0;
    int cycle = 0;
    std::string area{};
    std::string key{};

    static constexpr Parameter parameters[] = {param<&Fetch::lead>("hours"), param<&Fetch::cycle>("analysis"),
                                               param<&Fetch::area>("all of it if empty"),
                                               param<&Fetch::key>("nobody's business").secret()};
    LocalTarget output() const { return LocalTarget("none"); }
    void run() const {}
};

struct RpcFixture {
    RpcFixture() { rpc.use_json(); }

    rpc::TasksAdded add(rpc::RegisterTasks tasks) {
        const auto answers = client.call({rpc::Request(std::move(tasks))});
        REQUIRE(answers.size() == 1);
        return std::get<rpc::TasksAdded>(answers.front());
    }

    RegistrationServer server;
    test::FakeClock clock;
    worker::RpcClient rpc{{.url = "http://host:8082"}, server};
    worker::RetryingClient client{{.rpc = rpc,
                                   .clock = clock,
                                   .stop_requests = [] { return 0; },
                                   .jitter = [] { return 1.0; },
                                   .pause = [this](auto pause) { clock.advance(pause); },
                                   .notify = [](std::string_view) {}},
                                  {}};
};

rpc::RegisterTasks tasks(int count, std::vector<std::string> deps = {}, const std::string& value = "1") {
    rpc::RegisterTasks tasks;
    for (int number = 0; number < count; ++number)
        tasks.tasks.push_back(
            {.worker = "W", .task_id = "T" + std::to_string(number), .deps = deps, .params = {{"p", value}}});
    return tasks;
}

void check_all(const rpc::TasksAdded& added, const rpc::RegisterTasks& request) {
    REQUIRE(added.answers.size() == request.tasks.size());
    for (std::size_t i = 0; i < request.tasks.size(); ++i) REQUIRE(added.answers[i].error == request.tasks[i].task_id);
}

}  // namespace

TEST_CASE("a plan of any size is registered in calls of a few megabytes, with answers in its order", "[worker]") {
    RpcFixture many;
    many.server.limit = 1'000'000;
    check_all(many.add(tasks(4'500)), tasks(4'500));
    CHECK(many.server.calls == 5);

    RpcFixture long_ones;  // with 100 kB of requirements each
    long_ones.server.limit = 4'000'000;
    const std::vector<std::string> deps(1'000, std::string(100, 'd'));
    check_all(long_ones.add(tasks(60, deps)), tasks(60));

    const auto odd = tasks(60, {}, std::string(50'000, '\x01'));  // each byte of it is six in JSON
    CHECK(6 * 50'000 * worker::first_chunk_size(odd.tasks) < http::ServerOptions().body_limit);
}

TEST_CASE("tasks registered before the scheduler went away are not registered again when it is back", "[worker]") {
    RpcFixture fixture;
    fixture.server.failing_call = 2;
    check_all(fixture.add(tasks(2'500)), tasks(2'500));
    CHECK(fixture.server.calls == 4);
    CHECK(fixture.server.ids.size() == 2'500);
}

TEST_CASE("a task above the size limit is registered in a call of its own", "[worker]") {
    RpcFixture fixture;
    auto request = tasks(3);
    request.tasks[1].deps = std::vector<std::string>(25'000, std::string(100, 'd'));
    check_all(fixture.add(request), request);
    CHECK(fixture.server.calls == 3);
}

TEST_CASE("the scheduler names a task as its program does", "[worker]") {
    const AnyTask task = Fetch{.lead = 3, .cycle = 6, .key = "x"};
    const worker::Plan plan = worker::make_plan({task});
    scheduler::StateMachine machine{{}, 1};
    machine.handle(rpc::Request(worker::registration(plan, 0, "W")), test::FakeClock::start);
    const auto id = machine.state().tasks.find(task.id());
    REQUIRE(id);
    CHECK(task.description() == "Fetch(lead=3, cycle=6)");
    CHECK(scheduler::display_name(machine.state().tasks[*id]) == task.description());
}
