// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using wire::Status;

namespace {

void registers(Conversation& talk, const std::string& task, const std::string& day, const std::string& kind = "k") {
    talk.add(
        {.worker = "W", .task_id = task, .family = "F", .params = {{"day", day}, {"kind", kind}}, .batchable = true});
}

void starts(Conversation& talk, const std::string& combined, const wire::BatchAssignment& batch) {
    talk.add(
        {.worker = "W", .task_id = combined, .status = Status::running, .family = "F", .batch_id = batch.batch_id});
}

Conversation batching(std::optional<std::int64_t> largest = std::nullopt) {
    Conversation talk;
    talk.say(wire::AddTaskBatcher{"W", "F", {"day"}, largest});
    registers(talk, "F_1", "1");
    registers(talk, "F_2", "2");
    registers(talk, "F_3", "3");
    return talk;
}

wire::BatchAssignment batch(Conversation& talk) { return std::get<wire::BatchAssignment>(talk.work("W").assignment); }

}  // namespace

TEST_CASE("tasks that differ in batched parameters only are handed out as one", "[scheduler][batch]") {
    auto talk = batching();
    registers(talk, "F_4", "4", "other");
    const auto given = batch(talk);
    CHECK(given.task_ids == std::vector<std::string>{"F_1", "F_2", "F_3"});
    CHECK(given.batched == std::vector<std::pair<std::string, std::vector<std::string>>>{{"day", {"1", "2", "3"}}});
    CHECK(given.batch_id == "f73bb44be937b45e8447c08ef6b3a950");
    CHECK(talk.status("F_1") == Status::batch_running);
    CHECK(talk.status("F_4") == Status::pending);
}

TEST_CASE("a batch is not larger than its worker takes", "[scheduler][batch]") {
    auto talk = batching(2);
    CHECK(talk.gets("W") == "F_1|F_2");
    CHECK(talk.gets("W") == "F_3");
}

TEST_CASE("only the worker that registered a batcher gets batches", "[scheduler][batch]") {
    auto talk = batching();
    talk.add({.worker = "W2", .task_id = "F_1"});
    CHECK(talk.gets("W2") == "F_1");
}

TEST_CASE("members share the fate of the combined task", "[scheduler][batch]") {
    auto talk = batching();
    starts(talk, "F_all", batch(talk));
    CHECK(talk.status("F_all") == Status::running);
    talk.reports("W", "F_all", Status::done);
    for (const char* member : {"F_1", "F_2", "F_3"}) CHECK(talk.status(member) == Status::done);
}

TEST_CASE("a failed combined task is forgotten and its members are tried again", "[scheduler][batch]") {
    auto talk = batching();
    starts(talk, "F_all", batch(talk));
    talk.reports("W", "F_all", Status::failed);
    talk.prunes();
    CHECK_FALSE(talk.knows("F_all"));
    CHECK(talk.status("F_1") == Status::failed);
}

TEST_CASE("a combined task may be one of the members", "[scheduler][batch]") {
    auto talk = batching();
    starts(talk, "F_3", batch(talk));
    CHECK(talk.status("F_3") == Status::running);
    talk.reports("W", "F_3", Status::done);
    CHECK(talk.status("F_1") == Status::done);
}

TEST_CASE("what is said of the combined task is said of its members", "[scheduler][batch]") {
    auto talk = batching();
    starts(talk, "F_all", batch(talk));
    talk.say(wire::SetTaskStatusMessage{"F_all", "half"});
    CHECK(talk.ask<Json>(wire::GetTaskStatusMessage{"F_2"}).at("statusMessage").as_string() == "half");
}

TEST_CASE("members of a batch that was never started go back to the others", "[scheduler][batch]") {
    auto talk = batching();
    (void)batch(talk);
    const auto again =
        talk.ask<wire::Work>(wire::GetWork{.worker = "W", .current_tasks = std::vector<std::string>{}}).assignment;
    CHECK(std::get<wire::BatchAssignment>(again).task_ids.size() == 3);
}

TEST_CASE("a combined id that another worker ran before runs for its new worker", "[scheduler][batch]") {
    auto talk = batching(2);
    talk.registers("W2", "F_all");
    talk.gets("W2");
    talk.reports("W2", "F_all", Status::done);
    starts(talk, "F_all", batch(talk));
    talk.reports("W", "F_all", Status::done);
    CHECK(talk.status("F_1") == Status::done);
}

TEST_CASE("a member is not failed because its live runner does not care for it", "[scheduler][batch]") {
    Conversation talk;
    talk.add({.worker = "W",
              .task_id = "F_1",
              .resources = {{"db", 1}},
              .family = "F",
              .params = {{"day", "1"}},
              .batchable = true});
    talk.add({.worker = "W2",
              .task_id = "F_2",
              .resources = {{"db", 1}},
              .family = "F",
              .params = {{"day", "2"}},
              .batchable = true});
    talk.say(wire::AddTaskBatcher{"W", "F", {"day"}, {}});
    CHECK(talk.gets("W") == "F_1|F_2");
    talk.prunes();
    CHECK(talk.status("F_2") == Status::batch_running);
}

TEST_CASE("the lease of a batch is that of its combined task", "[scheduler][batch]") {
    auto talk = batching();
    const auto given = batch(talk);
    starts(talk, "F_all", given);
    CHECK(talk.ask<wire::LeaseState>(wire::HoldsLease{"W", "F_all", given.lease->token}).held);
}

TEST_CASE("a worker that was silent for long runs batches when it comes back", "[scheduler][batch]") {
    const auto register_two = [](Conversation& talk) {
        for (const char* day : {"1", "2"})
            talk.add({.worker = "W",
                      .task_id = std::string("F_") + day,
                      .family = "F",
                      .params = {{"day", day}},
                      .batchable = true});
    };
    Conversation talk;
    talk.say(wire::AddTaskBatcher{"W", "F", {"day"}, {}});
    SECTION("as it said while it was known") { talk.say(wire::Ping{"W"}); }
    SECTION("as it said before it was known") {}
    talk.pass(scheduler::Seconds(61));
    talk.prunes();
    CHECK(talk.state.board().workers.all().empty());
    register_two(talk);
    CHECK(talk.gets("W") == "F_1|F_2");
}
