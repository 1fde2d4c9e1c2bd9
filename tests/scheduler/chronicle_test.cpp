// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/chronicle.hpp"
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using scheduler::Chronicle;
using scheduler::FamilyPast;
using scheduler::Seconds;
using wire::Status;

namespace {

const FamilyPast& past(const Conversation& talk, std::string_view family) {
    return talk.state.board().chronicle.families().find(family)->second;
}

void runs(Conversation& talk, const std::string& task, Status status, Seconds takes = Seconds(10)) {
    talk.registers("W", task);
    REQUIRE(talk.gets("W") == task);
    talk.pass(takes);
    talk.reports("W", task, status);
}

/// What a scheduler that starts now finds of what this one has written.
scheduler::State restarted(Conversation& talk) {
    scheduler::State state({}, 1);
    scheduler::Memory memory{.tasks = [](const auto&) {}, .workers = [](const auto&) {}};
    memory.families = talk.state.take_changes().families;
    state.restore(memory, talk.now, [](const auto&, const auto&) {});
    return state;
}

}  // namespace

TEST_CASE("attempts are counted by family and by how they ended", "[scheduler][chronicle]") {
    Conversation talk;
    runs(talk, "Load_1", Status::done);
    runs(talk, "Load_2", Status::done);
    runs(talk, "Load_3", Status::failed);
    runs(talk, "Show_1", Status::failed);
    CHECK(past(talk, "Load").done == 2);
    CHECK(past(talk, "Load").failed == 1);
    CHECK(past(talk, "Show").failed == 1);
    CHECK(past(talk, "Show").done == 0);
}

TEST_CASE("a task that was complete when it was registered was no attempt", "[scheduler][chronicle]") {
    Conversation talk;
    talk.reports("W", "Load_1", Status::done);
    CHECK(talk.state.board().chronicle.families().empty());
}

TEST_CASE("failures that are tried again are counted by their class", "[scheduler][chronicle]") {
    Conversation talk;
    for (const FailureClass each : {FailureClass::not_yet, FailureClass::permanent}) {
        const std::string task = each == FailureClass::not_yet ? "Load_1" : "Load_2";
        talk.registers("W", task);
        talk.gets("W");
        talk.fails("W", task, each);
    }
    runs(talk, "Load_3", Status::failed);
    CHECK(past(talk, "Load").retries == std::array<std::uint64_t, 5>{1, 0, 0, 0, 1});
}

TEST_CASE("an attempt falls below the first bound that it does not exceed", "[scheduler][chronicle]") {
    Conversation talk;
    runs(talk, "Load_1", Status::done, Seconds(5));
    runs(talk, "Load_2", Status::done, Seconds(5.5));
    CHECK(past(talk, "Load").durations.counts[1] == 1);
    CHECK(past(talk, "Load").durations.counts[2] == 1);
    CHECK(past(talk, "Load").durations.sum == Approx(10.5));
}

TEST_CASE("the tasks of a silent worker are lost, and their leases expired", "[scheduler][chronicle]") {
    Conversation talk;
    talk.registers("W", "Load_1");
    talk.gets("W");
    talk.pass(Seconds(61));
    talk.prunes();
    CHECK(past(talk, "Load").lost == 1);
    CHECK(talk.state.board().chronicle.leases_expired() == 1);
}

TEST_CASE("the last runs of tasks that nothing depends on outlive a restart", "[scheduler][chronicle]") {
    Conversation talk;
    talk.registers("W", "Whole_1", {"Part_1"});
    talk.registers("W", "Part_1");
    for (const std::string task : {"Part_1", "Whole_1"}) {
        REQUIRE(talk.gets("W") == task);
        talk.pass(Seconds(10));
        talk.reports("W", task, Status::done);
    }
    const auto state = restarted(talk);
    const auto& families = state.board().chronicle.families();
    REQUIRE(families.size() == 1);
    const FamilyPast& whole = families.at("Whole");
    REQUIRE(whole.runs.size() == 1);
    CHECK(whole.runs[0] == scheduler::PastRun{"Whole_1", "Whole()", Status::done, FakeClock::start, talk.now});
    CHECK(whole.last_success == talk.now);
    CHECK(whole.last_duration == std::chrono::seconds(20));
    CHECK(whole.done == 0);
}

TEST_CASE("a failure is the last completion and not the last success", "[scheduler][chronicle]") {
    Conversation talk;
    runs(talk, "Load_1", Status::done);
    const Time success = talk.now;
    runs(talk, "Load_2", Status::failed);
    CHECK(past(talk, "Load").last_success == success);
    CHECK(past(talk, "Load").last_completion == talk.now);
}

TEST_CASE("only the newest runs are remembered, and a task only once", "[scheduler][chronicle]") {
    Conversation talk;
    for (int i = 0; i < 8; ++i) runs(talk, "Load_" + std::to_string(i), Status::done);
    REQUIRE(past(talk, "Load").runs.size() == Chronicle::most_runs);
    CHECK(past(talk, "Load").runs.front().task_id == "Load_7");
    CHECK(past(talk, "Load").runs.back().task_id == "Load_3");
}

TEST_CASE("families beyond the most that are remembered are counted as one", "[scheduler][chronicle]") {
    Conversation talk;
    for (std::size_t i = 0; i < Chronicle::most_families + 3; ++i)
        runs(talk, "F" + std::to_string(i) + "_", Status::done, Seconds(0));
    CHECK(talk.state.board().chronicle.families().size() == Chronicle::most_families + 1);
    CHECK(past(talk, Chronicle::others).done == 3);
}

TEST_CASE("a rush of runs is written once a second", "[scheduler][chronicle]") {
    Conversation talk;
    runs(talk, "Load_1", Status::done);
    CHECK(talk.state.take_changes().families.size() == 1);
    runs(talk, "Load_2", Status::done, Seconds(0.5));
    CHECK(talk.state.take_changes().families.empty());
    runs(talk, "Load_3", Status::done, Seconds(0.6));
    CHECK(talk.state.take_changes().families.size() == 1);
}
