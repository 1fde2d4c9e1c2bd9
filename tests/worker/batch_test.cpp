// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/batch.hpp"

#include "store/history.hpp"
#include "worker/worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace freshet;
using namespace freshet::test;

namespace {

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> items;
    std::istringstream stream(list);
    for (std::string item; std::getline(stream, item, ',');) items.push_back(item);
    return items;
}

/// Has an output for each of its names.
struct Load {
    std::string names;
    std::string table = "t";
    static constexpr int max_batch_size = 3;
    static constexpr Parameter parameters[] = {param<&Load::names, batch::comma_list>("what"),
                                               param<&Load::table>("where to")};
    std::vector<Make> requirements() const {
        std::vector<Make> tasks;
        for (const std::string& name : split(names))
            for (const std::string& one : required[name]) tasks.push_back({one});
        return tasks;
    }
    std::vector<Named> output() const {
        std::vector<Named> outputs;
        for (const std::string& name : split(names)) outputs.push_back({name});
        return outputs;
    }
    void run() const {}
};

std::string refuse(const std::vector<std::string>&) { throw std::invalid_argument("these do not go together"); }

struct Odd {
    std::string name;
    static constexpr Parameter parameters[] = {param<&Odd::name, &refuse>("what")};
    Named output() const { return {name}; }
    void run() const {}
};

/// The newest one does for all.
struct Newest {
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Newest::number, batch::max>("which")};
    bool complete() const {
        return std::ranges::any_of(existing, [&](const std::string& name) { return std::stoi(name) >= number; });
    }
    void run() const {}
};

template <class Fixture>
struct BatchFixture : Fixture {
    BatchFixture() {
        this->registry = Registry::of<Make, Load, Odd, Newest>();
        this->runner.script = make;
    }
    static bool make(const worker::Attempt& attempt, AttemptResult&) {
        for (const auto& [name, text] : attempt.task.values())
            if (name != "table")
                for (const std::string& one : split(text)) existing.insert(one);
        return true;
    }
    std::vector<store::AttemptRow> attempts(const AnyTask& task) {
        return store::History(this->state).attempts_of(task.id());
    }
};

}  // namespace

TEST_CASE("ready tasks that differ in batched parameters only run as one, each done with a history of its own",
          "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    CHECK(statuses(fixture.run({Load{"a"}, Load{"b"}, Load{"c", "other"}})) == std::vector(3, TaskStatus::done));
    CHECK(fixture.runner.calls ==
          std::vector<std::string>{"start Load(names=a,b)", "start Load(names=c, table=other)"});
    for (const AnyTask& task : {AnyTask(Load{"a"}), AnyTask(Load{"b"})}) {
        CHECK(store::History(fixture.state).task(task.id())->status == "DONE");
        REQUIRE(fixture.attempts(task).size() == 1);
        CHECK(fixture.attempts(task)[0].status == "DONE");
    }
}

TEST_CASE("no more tasks run as one than max_batch_size says", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    CHECK(statuses(fixture.run({Load{"a"}, Load{"b"}, Load{"c"}, Load{"d"}})) == std::vector(4, TaskStatus::done));
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Load(names=a,b,c)", "start Load(names=d)"});
}

TEST_CASE("a task whose requirements are not complete joins a later batch", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    required = {{"b", {"x"}}, {"c", {"x"}}};
    fixture.run({Load{"a"}, Load{"b"}, Load{"c"}});
    CHECK(fixture.runner.calls ==
          std::vector<std::string>{"start Load(names=a)", "start Make(name=x)", "start Load(names=b,c)"});
}

TEST_CASE("the failure of a batch is a failure of each of its tasks, which are tried again", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    fixture.runner.script = [fails = true](const worker::Attempt& attempt, AttemptResult& result) mutable {
        if (!std::exchange(fails, false)) return BatchFixture<WorkerFixture>::make(attempt, result);
        result.status = AttemptStatus::failed;
        result.failure = {.failure_class = FailureClass::transient, .message = "no luck"};
        return true;
    };
    const auto results = fixture.run({Load{"a"}, Load{"b"}});
    CHECK(statuses(results) == std::vector(2, TaskStatus::done));
    CHECK(results[0].attempts == 2);
    CHECK(fixture.attempts(Load{"b"})[0].message == "no luck");
    CHECK_FALSE(store::History(fixture.state).task(AnyTask(Load{"a,b"}).id()).value_or(store::TaskRow{}).status ==
                "FAILED");
}

TEST_CASE("a permanent failure of a batch is one of each of its tasks", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    fixture.runner.script = [](const worker::Attempt&, AttemptResult& result) {
        result.status = AttemptStatus::failed;
        result.failure = {.message = "no luck"};
        return true;
    };
    const auto results = fixture.run({Load{"a"}, Load{"b"}});
    CHECK(statuses(results) == std::vector(2, TaskStatus::failed));
    CHECK(results[1].message == "no luck");
}

TEST_CASE("of a batch, a task that is not complete afterwards fails, and the others are done", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    fixture.runner.script = [](const worker::Attempt&, AttemptResult&) { return existing.insert("b"), true; };
    const auto results = fixture.run({Load{"a"}, Load{"b"}});
    CHECK(statuses(results) == std::vector{TaskStatus::failed, TaskStatus::done});
    CHECK(results[0].message == "run() of Load(names=a,b) returned, but this task is not complete");
}

TEST_CASE("the tasks of a batch that finds out a requirement wait for it", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    fixture.runner.script = [](const worker::Attempt& attempt, AttemptResult& result) {
        if (attempt.task.type().family == "Load" && !existing.contains("x")) {
            result.status = AttemptStatus::waiting;
            result.missing = {Make{"x"}};
            return true;
        }
        return BatchFixture<WorkerFixture>::make(attempt, result);
    };
    const auto results = fixture.run({Load{"a"}, Load{"b"}});
    CHECK(statuses(results) == std::vector(3, TaskStatus::done));
    CHECK(results[0].attempts == 1);
    CHECK(fixture.runner.calls ==
          std::vector<std::string>{"start Load(names=a,b)", "start Make(name=x)", "start Load(names=a,b)"});
}

TEST_CASE("the combined task may be one of the batch", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    CHECK(statuses(fixture.run({Newest{1}, Newest{3}, Newest{2}})) == std::vector(3, TaskStatus::done));
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Newest(number=3)"});
}

TEST_CASE("what a batch method throws fails the tasks", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    const auto results = fixture.run({Odd{"a"}, Odd{"b"}});
    CHECK(statuses(results) == std::vector(2, TaskStatus::failed));
    CHECK(results[0].message == "these do not go together");
}

TEST_CASE("a complete task of a batch is left out of it", "[worker][batch]") {
    BatchFixture<SharedFixture> fixture;
    struct Completing final : worker::SchedulerClient {
        explicit Completing(SchedulerClient& its) : client(its) {}
        std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
            auto responses = client.call(requests);
            for (const auto& response : responses)
                if (const auto* work = std::get_if<rpc::Work>(&response);
                    work && std::holds_alternative<rpc::BatchAssignment>(work->assignment))
                    existing.insert("b");
            return responses;
        }
        SchedulerClient& client;
    } completing(fixture.client);
    fixture.worker_client = &completing;
    const auto results = fixture.run({Load{"a"}, Load{"b"}, Load{"c"}});
    CHECK(statuses(results) == std::vector{TaskStatus::done, TaskStatus::complete, TaskStatus::done});
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Load(names=a,c)"});
}

TEST_CASE("a batch one of whose leases is lost publishes nothing, and its other tasks are tried again",
          "[worker][batch]") {
    BatchFixture<SharedFixture> fixture;
    fixture.client.steals_leases = true;
    fixture.runner.script = [&, first = true](const worker::Attempt& attempt, AttemptResult& result) mutable {
        if (std::exchange(first, false)) return true;  // its outputs are staged
        fixture.client.steals_leases = false;
        return BatchFixture<SharedFixture>::make(attempt, result);
    };
    const auto results = fixture.run({Load{"a"}, Load{"b"}});
    CHECK(statuses(results) == std::vector(2, TaskStatus::done));
    CHECK(fixture.attempts(Load{"a"})[0].message == "lease lost: its outputs were discarded");
}

TEST_CASE("a batch that was assigned to a run that stops is given back", "[worker][batch]") {
    BatchFixture<WorkerFixture> fixture;
    struct Stopping final : worker::SchedulerClient {
        explicit Stopping(WorkerFixture& its) : around(its) {}
        std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
            auto responses = around.client.call(requests);
            for (const auto& response : responses)
                if (std::holds_alternative<rpc::Work>(response)) around.stop_requests = 1;
            return responses;
        }
        WorkerFixture& around;
    } stopping(fixture);
    fixture.worker_client = &stopping;
    fixture.run({Load{"a"}, Load{"b"}});
    CHECK(fixture.runner.calls.empty());
    CHECK(store::History(fixture.state).task(AnyTask(Load{"b"}).id())->status == "PENDING");
    CHECK(fixture.attempts(Load{"b"}).empty());
}
