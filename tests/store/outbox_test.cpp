// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/outbox.hpp"

#include "store/tables.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace store = freshet::store;
using freshet::Time;
using freshet::test::FakeClock;
using freshet::test::TempDir;
using store::Durability;
using store::Outbox;
using store::StateFile;
using namespace std::chrono_literals;

namespace {

constexpr Time now = FakeClock::start;

std::vector<std::string> due_ids(Outbox& outbox, const std::string& sink, Time at = now) {
    std::vector<std::string> ids;
    for (const auto& event : outbox.due(sink, at)) ids.push_back(event.event_id);
    return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("an event is stored exactly when the completion beside it is", "[store]") {
    auto state = StateFile::in_memory();
    store::StateTables tables(state);
    Outbox outbox(state);
    for (const bool committed : {false, true}) {
        {
            auto transaction = state.begin();
            tables.set_meta("completion", "done");
            CHECK(outbox.enqueue({.id = "e1", .key = "k", .document = "{}"}, now));
            if (committed) transaction.commit(Durability::power_cut);
        }
        CHECK(outbox.is_known("e1") == committed);
        CHECK(tables.meta("completion").has_value() == committed);
    }
}

TEST_CASE("an event with a known id is not stored again", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file"}, now);
    CHECK(outbox.enqueue({.id = "e1", .key = "k", .document = "first"}, now));
    CHECK_FALSE(outbox.enqueue({.id = "e1", .key = "k", .document = "second"}, now));
    REQUIRE(outbox.due("file", now).size() == 1);
    CHECK(outbox.due("file", now).at(0).document == "first");
}

TEST_CASE("an event waits for the earlier events of its key only", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file", "kafka"}, now);
    outbox.enqueue({.id = "a1", .key = "a", .document = "{}"}, now);
    outbox.enqueue({.id = "a2", .key = "a", .document = "{}"}, now);
    outbox.enqueue({.id = "b1", .key = "b", .document = "{}"}, now);
    CHECK(due_ids(outbox, "file") == Ids{"a1", "b1"});
    outbox.mark_delivered(1, "file", now);
    CHECK(due_ids(outbox, "file") == Ids{"a2", "b1"});
    CHECK(due_ids(outbox, "kafka") == Ids{"a1", "b1"});
}

TEST_CASE("an event that failed blocks its key until it is due again", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"kafka"}, now);
    outbox.enqueue({.id = "a1", .key = "a", .document = "{}"}, now);
    outbox.enqueue({.id = "a2", .key = "a", .document = "{}"}, now);
    outbox.mark_failed(1, "kafka", now + 10s, "no broker");
    CHECK(due_ids(outbox, "kafka", now + 9s).empty());
    CHECK(due_ids(outbox, "kafka", now + 10s) == Ids{"a1"});
    CHECK(outbox.due("kafka", now + 10s).at(0).tries == 1);

    const auto backlog = outbox.backlog("kafka");
    CHECK(backlog.pending == 2);
    CHECK(backlog.oldest_stored == now);
    CHECK(backlog.next_try == now + 10s);
    CHECK(backlog.last_error == "no broker");
}

TEST_CASE("pauses up to a given time can be cancelled, longer ones stay", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"web"}, now);
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    outbox.enqueue({.id = "b", .key = "b", .document = "{}"}, now);
    outbox.mark_failed(1, "web", now + 60s, "refused");
    outbox.mark_failed(2, "web", now + 1h, "asked to wait an hour");
    outbox.reset_backoff("web", now + 60s, now + 1h);
    CHECK(due_ids(outbox, "web") == Ids{"a"});
}

TEST_CASE("a pause longer than any is forgotten, since the clock was set back", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"web"}, now);
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    outbox.mark_failed(1, "web", now + 2h, "refused");
    outbox.reset_backoff("web", now + 60s, now + 1h);
    CHECK(due_ids(outbox, "web") == Ids{"a"});
}

TEST_CASE("the pause before the next delivery keeps its length when the clock is set", "[store]") {
    const auto change = GENERATE(as<Time::duration>{}, 1h, -1h);
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"web"}, now);
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    outbox.mark_failed(1, "web", now + 60s, "refused");
    outbox.shift_backoffs(change);
    CHECK(due_ids(outbox, "web", now + change + 59s).empty());
    CHECK(due_ids(outbox, "web", now + change + 60s) == Ids{"a"});
}

TEST_CASE("a new sink gets the events of the last week and all later ones", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file"}, now);
    outbox.enqueue({.id = "old", .key = "old", .document = "{}"}, now);
    outbox.enqueue({.id = "recent", .key = "recent", .document = "{}"}, now + 24h);
    const auto later = now + Outbox::backfill + 1h;
    outbox.add_sinks({"file", "web"}, later);
    outbox.enqueue({.id = "new", .key = "new", .document = "{}"}, later);
    CHECK(due_ids(outbox, "web", later) == Ids{"recent", "new"});
    CHECK(due_ids(outbox, "file", later) == Ids{"old", "recent", "new"});
}

TEST_CASE("registering a known sink again delivers nothing twice", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file"}, now);
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    outbox.mark_delivered(1, "file", now);
    outbox.add_sinks({"file"}, now + 1h);
    CHECK(due_ids(outbox, "file", now + 1h).empty());
}

TEST_CASE("events for a sink that is missing from one configuration wait for its return", "[store]") {
    const TempDir folder;
    const store::LockHolder owner{.host = "h", .pid = 1, .since = now, .command = "r"};
    for (const auto& sinks : {Ids{"file", "kafka"}, Ids{"file"}, Ids{"file", "kafka"}}) {
        auto state = StateFile::open_exclusive(folder / "state", owner);
        Outbox outbox(state);
        auto transaction = state.begin();
        outbox.add_sinks(sinks, now);
        outbox.enqueue({.id = "a" + std::to_string(sinks.size()), .key = "a", .document = "{}"}, now);
        transaction.commit(Durability::crash);
        CHECK(outbox.backlog("kafka").pending == (sinks.size() == 1 ? 2 : outbox.backlog("file").pending));
    }
}

TEST_CASE("retention removes the document of an event but keeps its id", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file", "kafka"}, now);
    outbox.enqueue({.id = "done", .key = "a", .document = "{}"}, now);
    outbox.enqueue({.id = "waiting", .key = "b", .document = "{}"}, now);
    outbox.mark_delivered(1, "file", now);
    outbox.mark_delivered(1, "kafka", now);
    outbox.mark_delivered(2, "file", now);
    outbox.prune_delivered(now + 1h, {"file", "kafka"});
    CHECK(state.database().number("SELECT count(*) FROM outbox WHERE document IS NULL") == 1);
    CHECK(outbox.is_known("done"));
    CHECK_FALSE(outbox.enqueue({.id = "done", .key = "a", .document = "{}"}, now + 2h));
    CHECK(due_ids(outbox, "kafka", now + 2h) == Ids{"waiting"});
}

TEST_CASE("retention removes the deliveries to a sink that is no longer in the configuration", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file", "kafka"}, now);
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    outbox.mark_delivered(1, "file", now);
    outbox.prune_delivered(now + 1h, {"file"});
    CHECK(outbox.backlog("kafka").pending == 0);
    CHECK(outbox.is_known("a"));
}

TEST_CASE("an event that fails holds up the later ones of its key and subject only", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"web"}, now);
    for (const auto& [id, subject] : {std::pair{"00", "cycle 00"}, {"06", "cycle 06"}, {"00 superseded", "cycle 00"}})
        outbox.enqueue({.id = id, .key = "gfs", .document = "{}", .subject = subject}, now);
    outbox.mark_refused(1, "web", now + 1h, "answered 413", std::nullopt);
    CHECK(due_ids(outbox, "web") == Ids{"06"});
    CHECK(due_ids(outbox, "web", now + 1h) == Ids{"00", "06"});
    CHECK(outbox.due("web", now + 1h).at(0).rejections == 1);
}

TEST_CASE("a dead event is not due, holds up none and stays in the backlog", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file", "web"}, now);
    outbox.enqueue({.id = "a1", .key = "a", .document = "{}"}, now);
    outbox.enqueue({.id = "a2", .key = "a", .document = "{}"}, now + 1h);
    outbox.mark_refused(1, "web", now, "answered 413", now + 2h);
    CHECK(due_ids(outbox, "web", now + 24h) == Ids{"a2"});
    auto backlog = outbox.backlog("web");
    CHECK(backlog.pending == 1);
    CHECK(backlog.dead == 1);
    CHECK(backlog.oldest_stored == now + 1h);
    CHECK(backlog.last_error.empty());
    outbox.mark_delivered(2, "web", now);
    backlog = outbox.backlog("web");
    CHECK(backlog.pending == 0);
    CHECK_FALSE(backlog.next_try);
    CHECK(backlog.last_error == "answered 413");
    REQUIRE(outbox.backlogs().size() == 2);
    CHECK(outbox.backlogs().at(0).pending == 2);
    REQUIRE(outbox.undelivered().size() == 3);
    CHECK(outbox.undelivered().at(1).sink == "web");
    CHECK(outbox.undelivered().at(1).dead_since == now + 2h);
}

TEST_CASE("a dead, a skipped and a delivered event can be sent again, one without a document cannot", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"web"}, now);
    for (const char* id : {"dead", "skipped", "delivered", "old"})
        outbox.enqueue({.id = id, .key = id, .document = "{}"}, now);
    outbox.mark_refused(1, "web", now, "answered 413", now);
    CHECK(outbox.skip("skipped", "web"));
    CHECK_FALSE(outbox.skip("skipped", "web"));
    outbox.mark_delivered(3, "web", now);
    CHECK_FALSE(outbox.skip("delivered", "web"));
    outbox.mark_delivered(4, "web", now);
    state.database().execute("UPDATE outbox SET document = NULL WHERE event_id = 'old'");
    for (const char* id : {"dead", "skipped", "delivered"}) CHECK(outbox.resend(id, "web"));
    CHECK_FALSE(outbox.resend("old", "web"));
    CHECK(outbox.knowledge_of("old") == store::EventKnowledge::id);
    CHECK(outbox.knowledge_of("skipped") == store::EventKnowledge::whole);
    CHECK(outbox.knowledge_of("new") == store::EventKnowledge::unknown);
    CHECK(due_ids(outbox, "web") == Ids{"dead", "skipped", "delivered"});
    CHECK(outbox.due("web", now).at(0).rejections == 0);
}

TEST_CASE("all events of a sink that asks for a pause are postponed, and those of no other", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file", "web"}, now);
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    outbox.postpone("web", now + 60s);
    CHECK(due_ids(outbox, "web", now + 59s).empty());
    CHECK(due_ids(outbox, "web", now + 60s) == Ids{"a"});
    CHECK(due_ids(outbox, "file") == Ids{"a"});
}

TEST_CASE("retention gives up an event that has been dead for long", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"web"}, now);
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    outbox.mark_refused(1, "web", now, "answered 413", now + 1h);
    outbox.prune_delivered(now + 1h, {"web"});
    CHECK(outbox.backlog("web").dead == 1);
    outbox.prune_delivered(now + 2h, {"web"});
    CHECK(outbox.backlog("web").dead == 0);
    CHECK_FALSE(outbox.resend("a", "web"));
}

TEST_CASE("the backlogs of a state and of the outboxes beside it are added up by sink", "[store]") {
    const TempDir folder;
    const auto path = folder / "state.sqlite";
    CHECK(store::read_backlogs(store::outbox_files(path)).empty());
    for (const auto& file : {path, store::queue_file(path, 2)}) {
        auto state = StateFile::open_exclusive(file, store::this_process("run", now));
        auto transaction = state.begin();
        Outbox outbox(state);
        outbox.add_sinks({"web"}, now);
        outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, file == path ? now + 1h : now);
        transaction.commit(Durability::crash);
    }
    const auto backlogs = store::read_backlogs(store::outbox_files(path));
    REQUIRE(backlogs.size() == 1);
    CHECK(backlogs.at(0).pending == 2);
    CHECK(backlogs.at(0).oldest_stored == now);
    CHECK(store::read_undelivered(store::outbox_files(path)).size() == 2);
}

namespace {

/// The newest cycle of each of three datasets after so many events, and the steps of SQLite's machine that it took.
std::pair<Ids, std::int64_t> newest_of(int events) {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    for (int i = 0; i < events; ++i) {
        const auto id = fmt::format("{:05}", i);
        const auto document =
            fmt::format(R"({{"type":"completed","data":{{"dataset":"d{}","cycle":"{}"}}}})", i % 3, id);
        outbox.enqueue({.id = id, .key = "k", .document = document}, now);
        outbox.enqueue({.id = "late " + id, .key = "k", .document = R"({"type":"late","data":{"dataset":"d"}})"}, now);
    }
    const auto newest = outbox.newest_of_datasets("completed", 10);
    const auto steps =
        state.database().number("SELECT max(nstep) FROM sqlite_stmt WHERE sql LIKE '%RECURSIVE newest%'");
    return {newest, steps};
}

}  // namespace

TEST_CASE("the newest event of each dataset is found in as many steps, however many events are kept", "[store]") {
    const auto [few, few_steps] = newest_of(30);
    const auto [many, many_steps] = newest_of(3000);
    REQUIRE(few.size() == 3);
    REQUIRE(many.size() == 3);
    CHECK(few.at(2) == R"({"type":"completed","data":{"dataset":"d2","cycle":"00029"}})");
    CHECK(many.at(0) == R"({"type":"completed","data":{"dataset":"d0","cycle":"02997"}})");
    CHECK(few_steps > 0);
    CHECK(many_steps == few_steps);
}

TEST_CASE("an event that is no JSON is stored and is of no dataset", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    CHECK(outbox.enqueue({.id = "a", .key = "a", .document = "first"}, now));
    CHECK(outbox.newest_of_datasets("completed", 10).empty());
}

TEST_CASE("no more events wait for a sink that was removed, until it is added again", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    outbox.add_sinks({"file", "web"}, now);
    outbox.enqueue({.id = "given up", .key = "b", .document = "{}"}, now);
    outbox.skip("given up", "web");
    outbox.mark_delivered(1, "file", now);
    outbox.remove_sink("web");
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    CHECK(due_ids(outbox, "web").empty());
    CHECK(due_ids(outbox, "file") == Ids{"a"});
    outbox.add_sinks({"web"}, now);
    CHECK(due_ids(outbox, "web") == Ids{"a"});
}

TEST_CASE("an outbox is of use while it records an event of a configured sink or a sink lacks one", "[store]") {
    auto state = StateFile::in_memory();
    Outbox outbox(state);
    const auto is_of_use_for = [&](const std::string& configured) {
        return !store::is_disposable(state, [&](const std::string& sink) { return sink == configured; });
    };
    outbox.add_sinks({"old"}, now);
    CHECK_FALSE(is_of_use_for("old"));  // it has no event
    outbox.enqueue({.id = "a", .key = "a", .document = "{}"}, now);
    CHECK(is_of_use_for("new"));
    outbox.mark_delivered(1, "old", now);
    outbox.add_sinks({"new"}, now + Outbox::backfill + 1h);
    CHECK_FALSE(is_of_use_for("new"));
    CHECK(is_of_use_for("old"));
    outbox.prune_delivered(now + 1h, {"old"});
    CHECK(is_of_use_for("old"));  // its id keeps the event from being announced anew
}

TEST_CASE("an outbox that is removed leaves no file but its lock behind", "[store]") {
    const TempDir folder;
    const auto path = folder / "state.queue1.sqlite";
    {
        auto state = StateFile::open_exclusive(path, store::this_process("run", now));
        auto transaction = state.begin();
        Outbox(state).add_sinks({"web"}, now);
        transaction.commit(Durability::crash);
        store::remove_outbox(state, path);
    }
    std::vector<std::string> left;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        left.push_back(entry.path().filename().string());
    CHECK(left == std::vector<std::string>{"state.queue1.sqlite.lock"});
}
