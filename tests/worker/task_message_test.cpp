// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker_fixture.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

struct Listen {
    std::string name;
    static constexpr bool accepts_messages = true;
    static constexpr Parameter parameters[] = {param<&Listen::name>("which")};
    Named output() const { return {name}; }
    Resources resources() const { return {{"ears", 1}}; }
    void run(Context&) const {}
};

/// A worker whose attempts end when the test says so.
struct TaskMessageFixture : SharedFixture {
    TaskMessageFixture() {
        registry = Registry::of<Make, Listen>();
        scheduler_kind = worker::SchedulerKind::embedded;
        runner.script = [](const worker::Attempt&, AttemptResult&) { return false; };
    }

    /// Runs the task; while its attempt runs, takes these steps in rounds of the worker's loop.
    void run(const AnyTask& task, const std::vector<std::function<void()>>& steps) {
        on_tick = [&, next = std::size_t{0}]() mutable {
            if (runner.running.empty() || next > steps.size()) return;
            if (next < steps.size()) {
                steps[next]();
                mailbox.put(worker::Wakeup{});
            } else {
                existing.insert(task.values().at("name"));
                mailbox.put(AttemptResult{.token = token(), .status = AttemptStatus::done});
            }
            ++next;
        };
        WorkerFixture::run({task});
    }
    std::string token() const { return runner.running.front().token; }

    void send(const AnyTask& task, const std::string& content) {
        const auto answer = std::get<Json>(
            call_as_other(rpc::SendSchedulerMessage{.worker = "W1", .task = task.id(), .content = content}));
        message_id = answer.at("message_id").as_string();
        clock.advance(11s);  // the next ping
    }
    Json response(const AnyTask& task) {
        return std::get<Json>(
                   call_as_other(rpc::GetSchedulerMessageResponse{.task_id = task.id(), .message_id = message_id}))
            .at("response");
    }

    std::string message_id;
};

}  // namespace

TEST_CASE("a message to a running task reaches its attempt, and the answer its sender", "[worker]") {
    TaskMessageFixture fixture;
    const AnyTask task = Listen{"a"};
    fixture.run(task, {[&] { fixture.send(task, "hello"); }, [] {},
                       [&] {
                           fixture.mailbox.put(worker::MessageResponse{fixture.token(), fixture.message_id, "hi"});
                       }});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Listen(name=a)", "message hello"});
    CHECK(fixture.response(task) == Json("hi"));
}

TEST_CASE("a task whose class accepts no messages gets none", "[worker]") {
    TaskMessageFixture fixture;
    const AnyTask task = Make{"a"};
    fixture.run(task, {[&] { fixture.send(task, "hello"); }, [] {}});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=a)"});
}

TEST_CASE("the scheduler shows where an attempt can be watched, and forgets nothing else of the task", "[worker]") {
    TaskMessageFixture fixture;
    const AnyTask task = Listen{"a"};
    Json shown;
    fixture.run(task, {[&] {
                           fixture.mailbox.put(worker::TrackingUrl{fixture.token(), "https://jobs.example/7"});
                       },
                       [] {}, [&] { shown = fixture.node(task); }});
    CHECK(shown.at("tracking_url") == Json("https://jobs.example/7"));
    CHECK(shown.at("accepts_messages") == Json(true));
    CHECK(shown.at("resources") == Json(Json::Object{{"ears", 1}}));
    CHECK(fixture.observer.logs == std::vector<std::string>{"can be watched at https://jobs.example/7"});
}
