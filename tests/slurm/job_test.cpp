// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "slurm/job.hpp"

#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"
#include "worker/tasks.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>

using namespace freshet;
using namespace freshet::test;
using slurm::Job;
using slurm::ListedJob;
using worker::AttemptResult;
using worker::AttemptStatus;

namespace {

struct JobFixture {
    TempDir dir{};
    FakeClock clock{};
    Registry registry = test_registry();
    std::vector<worker::Message> messages{};
    Job job{{.task = registry.make("Act", {{"what", "write"}, {"root", dir.path().string()}}), .token = "t"},
            dir / "t",
            {registry, clock, [] { return true; }, [this](worker::Message message) { messages.push_back(message); }}};

    void list(const std::string& state) {
        const ListedJob listed{.id = "7", .state = state, .reason = "Priority", .token = "t"};
        job.on_listed(&listed);
    }
    void write_result(AttemptResult result) { slurm::MessageWriter(dir / "t").write(std::move(result)); }
    std::string failure() {
        const AttemptResult result = job.result();
        CHECK(result.status == AttemptStatus::failed);
        CHECK(result.failure.failure_class == FailureClass::transient);
        return result.failure.message;
    }
};

}  // namespace

TEST_CASE("a job that has ended without a result is lost, with the reason and what it has printed", "[slurm]") {
    JobFixture fixture;
    fixture.job.on_submitted("7");
    fixture.list("RUNNING");
    std::ofstream(fixture.dir / "t" / "output") << "one\nslurmstepd: error: *** JOB 7 CANCELLED ***\n";
    fixture.list("NODE_FAIL");
    REQUIRE(fixture.job.state() == Job::State::ended);
    CHECK(fixture.failure() ==
          "lost: its Slurm job 7 has ended as NODE_FAIL; last lines: one / slurmstepd: error: *** JOB 7 CANCELLED ***");
}

TEST_CASE("a result counts, whatever Slurm says of the job", "[slurm]") {
    JobFixture fixture;
    fixture.job.on_submitted("7");
    fixture.write_result({.token = "", .status = AttemptStatus::done});
    fixture.list("CANCELLED");
    REQUIRE(fixture.job.state() == Job::State::ended);
    CHECK(fixture.job.result().status == AttemptStatus::done);
}

TEST_CASE("the result of a completed job may be seen later than its end", "[slurm]") {
    JobFixture fixture;
    fixture.job.on_submitted("7");
    fixture.list("COMPLETED");
    fixture.clock.advance(std::chrono::seconds(59));
    fixture.list("COMPLETED");
    CHECK(fixture.job.state() == Job::State::submitted);
    fixture.clock.advance(std::chrono::seconds(1));
    fixture.list("COMPLETED");
    CHECK(fixture.failure().starts_with("lost: its Slurm job 7 is completed, but its result is not in '"));
}

TEST_CASE("a job that two lists in a row do not have is lost", "[slurm]") {
    JobFixture fixture;
    fixture.job.on_submitted("7");
    fixture.job.on_listed(nullptr);
    fixture.list("RUNNING");
    fixture.job.on_listed(nullptr);
    CHECK(fixture.job.state() == Job::State::submitted);
    fixture.job.on_listed(nullptr);
    CHECK(fixture.failure() == "lost: Slurm does not know its job 7 any more");
}

TEST_CASE("a job whose submission seemed to fail is adopted when it is listed", "[slurm]") {
    JobFixture fixture;
    fixture.job.on_submit_failed("sbatch: error: Socket timed out");
    CHECK(fixture.job.state() == Job::State::in_doubt);
    fixture.list("RUNNING");
    CHECK(fixture.job.state() == Job::State::submitted);
    CHECK(fixture.job.id() == "7");
}

TEST_CASE("a job that is not listed after its submission failed is submitted once more", "[slurm]") {
    JobFixture fixture;
    fixture.job.on_submit_failed("sbatch: error: Socket timed out");
    fixture.job.on_listed(nullptr);
    CHECK(fixture.job.state() == Job::State::created);
    fixture.job.on_submit_failed("sbatch: error: invalid partition specified: x");
    fixture.job.on_listed(nullptr);
    CHECK(fixture.failure() == "sbatch: error: invalid partition specified: x");
}

TEST_CASE("a state of Slurm is reported when it changes, with the reason of a pending job", "[slurm]") {
    JobFixture fixture;
    fixture.job.on_submitted("7");
    for (const char* state : {"PENDING", "PENDING", "RUNNING"}) fixture.list(state);
    REQUIRE(fixture.messages.size() == 3);
    CHECK(std::get<worker::LogLine>(fixture.messages[0]).text == "is Slurm job 7");
    CHECK(std::get<worker::StatusMessage>(fixture.messages[1]).text == "Slurm job 7: PENDING (Priority)");
    CHECK(std::get<worker::StatusMessage>(fixture.messages[2]).text == "Slurm job 7: RUNNING");
}
