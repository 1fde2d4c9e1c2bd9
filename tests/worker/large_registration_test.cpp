// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/pieces.hpp"
#include "worker/remote_scheduler.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;

namespace {

/// Registers what it is sent, up to the size of a call that freshetd takes; each answer names its task.
class Register final : public http::Client {
public:
    http::Response send(const http::Request& request) override {
        if (request.body.size() > limit) return {.status = 413};
        if (away_at == ++calls) throw TransientError("post: connection refused");
        const Json arguments = Json::parse(request.body);
        Json answers = Json::array();
        for (const Json& task : arguments.at("tasks").as_array()) {
            ids.push_back(task.at("task_id").as_string());
            answers.push_back(Json::Object{{"status", "PENDING"}, {"error", ids.back()}});
        }
        return {.body = Json(Json::Object{{"response", std::move(answers)}}).text()};
    }

    std::size_t limit = http::ServerOptions().body_limit;  // what freshetd reads
    int calls = 0;
    int away_at = 0;  // the number of the call that finds nobody
    std::vector<std::string> ids;
};

struct Line {
    Line() { line.send_json(); }

    wire::TasksAdded add(wire::RegisterTasks tasks) {
        const auto answers = client.call({wire::Request(std::move(tasks))});
        REQUIRE(answers.size() == 1);
        return std::get<wire::TasksAdded>(answers.front());
    }

    Register book;
    test::FakeClock clock;
    worker::SchedulerLine line{{.url = "http://host:8082"}, book};
    worker::RemoteScheduler client{{.line = line,
                                    .clock = clock,
                                    .stops = [] { return 0; },
                                    .chance = [] { return 1.0; },
                                    .pause = [this](auto pause) { clock.pass(pause); },
                                    .notice = [](std::string_view) {}},
                                   {}};
};

wire::RegisterTasks tasks(int count, std::vector<std::string> deps = {}, const std::string& value = "1") {
    wire::RegisterTasks tasks;
    for (int number = 0; number < count; ++number)
        tasks.tasks.push_back({.worker = "W", .task_id = "T" + std::to_string(number), .deps = deps, .params = {{"p", value}}});
    return tasks;
}

void check_all(const wire::TasksAdded& added, const wire::RegisterTasks& asked) {
    REQUIRE(added.answers.size() == asked.tasks.size());
    for (std::size_t i = 0; i < asked.tasks.size(); ++i) REQUIRE(added.answers[i].error == asked.tasks[i].task_id);
}

}  // namespace

TEST_CASE("a plan of any size is registered in calls of a few megabytes, and answered in its order", "[worker]") {
    Line many;
    many.book.limit = 1'000'000;
    check_all(many.add(tasks(4'500)), tasks(4'500));
    CHECK(many.book.calls == 5);

    Line long_ones;  // with 100 kB of requirements each
    long_ones.book.limit = 4'000'000;
    const std::vector<std::string> deps(1'000, std::string(100, 'd'));
    check_all(long_ones.add(tasks(60, deps)), tasks(60));

    const auto odd = tasks(60, {}, std::string(50'000, '\x01'));  // each byte of it is six in JSON
    CHECK(6 * 50'000 * worker::tasks_of_a_call(odd.tasks) < http::ServerOptions().body_limit);
}

TEST_CASE("what was registered before the scheduler went away is not registered again when it is back", "[worker]") {
    Line line;
    line.book.away_at = 2;
    check_all(line.add(tasks(2'500)), tasks(2'500));
    CHECK(line.book.calls == 4);
    CHECK(line.book.ids.size() == 2'500);
}

TEST_CASE("a task that is larger than a call should be is registered in a call of its own", "[worker]") {
    Line line;
    auto asked = tasks(3);
    asked.tasks[1].deps = std::vector<std::string>(25'000, std::string(100, 'd'));
    check_all(line.add(asked), asked);
    CHECK(line.book.calls == 3);
}
