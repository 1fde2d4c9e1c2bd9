// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/finish_attempt.hpp"

#include "freshet/file.hpp"
#include "support/temp_dir.hpp"
#include "worker/context_fixture.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using Finished = worker::AttemptFinisher::Finished;

namespace {

struct FinishFixture : ContextFixture {
    using ContextFixture::ContextFixture;

    /// Starts an attempt at the first task and finishes it with the result.
    Finished finish(AttemptResult result, bool holds_lease = true, bool is_aborted = false) {
        result.started = clock.now() - 2s;
        result.ended = clock.now();
        start(plan[0].task);
        auto running = states.end_attempt("token").value();
        running.log_tail = {"a line"};
        return finisher.finish(running, std::move(result), holds_lease, is_aborted);
    }

    worker::AttemptFinisher finisher{context};
};

AttemptResult done() { return {.token = "token", .status = AttemptStatus::done}; }

AttemptResult failed(FailureClass failure_class = FailureClass::transient) {
    return {.token = "token",
            .status = AttemptStatus::failed,
            .failure = {.failure_class = failure_class, .message = "no luck"}};
}

}  // namespace

TEST_CASE("a done attempt is reported under its lease with its times", "[worker]") {
    reset_world();
    FinishFixture fixture;
    const auto report = fixture.finish(done()).reports.at(0);
    CHECK(report.request.status == rpc::Status::done);
    CHECK(report.request.lease == 7);
    CHECK(report.request.attempt.at("ended").as_number() - report.request.attempt.at("started").as_number() == 2);
    CHECK(report.end.took == 2s);
}

TEST_CASE("an attempt that lost its lease is discarded, unless its task is complete", "[worker]") {
    reset_world();
    FinishFixture fixture;
    CHECK(fixture.finish(done(), false).reports.empty());
    REQUIRE(fixture.observer.ends.size() == 1);
    CHECK(fixture.observer.ends[0].second.status == FinishedAttempt::Status::lost);
    existing.insert("a");
    CHECK(fixture.finish(done(), false).reports.at(0).request.status == rpc::Status::done);
}

TEST_CASE("outputs in place are published with one warning for each family", "[worker]") {
    reset_world();
    const TempDir dir;
    FinishFixture fixture;
    for (const char* name : {"x", "y"}) {
        write_file_atomically(dir / name, "");
        write_file_atomically(dir / ".freshet" / name, "");
        auto result = done();
        result.staged = {{dir / name, dir / name, dir / ".freshet" / name}};
        CHECK(fixture.finish(result).reports.at(0).request.status == rpc::Status::done);
        CHECK(std::filesystem::exists(dir / ".freshet" / (std::string(name) + ".json")));
    }
    CHECK(fixture.observer.logs.size() == 1);
    CHECK_THAT(fixture.observer.logs.at(0), Catch::Contains("Make wrote '" + (dir / "x").string() + "' in place"));
}

TEST_CASE("a failure is reported with its class and its message as JSON", "[worker]") {
    reset_world();
    FinishFixture fixture;
    const auto report = fixture.finish(failed(FailureClass::permanent)).reports.at(0);
    CHECK(report.request.status == rpc::Status::failed);
    CHECK(report.request.expl == "\"no luck\"");
    CHECK(report.request.failure->failure_class == FailureClass::permanent);
}

TEST_CASE("a failure after an abort costs the task no try", "[worker]") {
    reset_world();
    FinishFixture fixture;
    const auto report = fixture.finish(failed(), true, true).reports.at(0);
    CHECK(report.request.failure->failure_class == FailureClass::not_ready);
    CHECK(report.request.failure->retry_after == 0s);
}

TEST_CASE("a full disk is told apart, and the task retried after the pause", "[worker]") {
    reset_world();
    FinishFixture fixture;
    auto result = failed();
    result.disk_full = true;
    const auto finished = fixture.finish(result);
    CHECK(finished.disk_full == "no luck");
    CHECK(finished.reports.at(0).request.failure->failure_class == FailureClass::throttled);
    CHECK(finished.reports.at(0).request.failure->retry_after == fixture.options.full_disk_pause);
    CHECK(finished.reports.at(0).request.failure->is_disk_full);
}

TEST_CASE("a waiting attempt adds what it requires to the plan, and does not count", "[worker]") {
    reset_world();
    FinishFixture fixture;
    const auto finished =
        fixture.finish({.token = "token", .status = AttemptStatus::waiting, .missing = {Make{"b"}, Make{"c"}}});
    CHECK(finished.first_new_node == 1);
    CHECK(finished.reports.at(0).request.new_deps->size() == 2);
    CHECK(finished.reports.at(0).end.message == "needs Make(name=b) and 1 more");
    CHECK(fixture.plan[0].requirements == std::vector<std::size_t>{1, 2});
    CHECK(fixture.states[0].attempts == 0);
}

TEST_CASE("a waiting attempt that closes a cycle fails and registers nothing", "[worker]") {
    reset_world({{"b", {"a"}}});
    FinishFixture fixture;
    const auto finished = fixture.finish({.token = "token", .status = AttemptStatus::waiting, .missing = {Make{"b"}}});
    CHECK_FALSE(finished.first_new_node);
    CHECK(finished.reports.at(0).end.status == FinishedAttempt::Status::failed);
}

TEST_CASE("the log's end is reported to a scheduler that others look at", "[worker]") {
    reset_world();
    FinishFixture embedded;
    CHECK(embedded.finish(failed()).reports.at(0).request.attempt.find("log") == nullptr);
    FinishFixture shared({Make{"a"}}, worker::SchedulerKind::freshetd);
    CHECK(shared.finish(failed()).reports.at(0).request.attempt.at("log").as_array().size() == 1);
}

TEST_CASE("the answer to a report of a failure says when it is retried", "[worker]") {
    reset_world();
    FinishFixture fixture;
    const Time at = fixture.clock.now() + 5s;
    fixture.finisher.on_reported(fixture.finish(failed()).reports.at(0), rpc::TaskAdded{.retry = at});
    CHECK(fixture.states.retries().at(0).at == at);
    CHECK_FALSE(fixture.states[0].has_failed_permanently);
    fixture.states.on_assigned(0);
    fixture.finisher.on_reported(fixture.finish(failed()).reports.at(0), rpc::TaskAdded{});
    CHECK(fixture.states[0].has_failed_permanently);
}

TEST_CASE("a refused report of a done attempt does not complete the task", "[worker]") {
    reset_world();
    FinishFixture fixture;
    fixture.finisher.on_reported(fixture.finish(done()).reports.at(0), rpc::TaskAdded{.refused = "an older lease"});
    CHECK_FALSE(fixture.states[0].is_done);
    CHECK(fixture.states[0].last->message == "an older lease");
    fixture.finisher.on_reported(fixture.finish(done()).reports.at(0), rpc::TaskAdded{});
    CHECK(fixture.states[0].is_done);
}
