// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/delivery.hpp"

#include "event/sample_event.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"
#include "support/fake_sink.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace store = freshet::store;
using freshet::FailureClass;
using freshet::TransientError;
using freshet::event::Delivery;
using freshet::event::pause_after;
using freshet::test::FakeClock;
using freshet::test::FakeLog;
using freshet::test::FakeSink;
using freshet::test::TempDir;
using namespace std::chrono_literals;

namespace {

using Ids = std::vector<std::string>;

/// One start of a program: its state, its sinks, a clock and a log.
struct Start {
    explicit Start(const std::filesystem::path& path, FakeClock& its_clock)
        : clock(its_clock),
          state(store::StateFile::own(path, {.host = "h", .pid = 1, .since = FakeClock::start, .runs = "r"})) {}

    void store_event(const std::string& id, const std::string& key) {
        store::Outbox outbox(state);
        auto event = freshet::test::sample_event(id);
        event.key = key;
        const auto document = to_json(event).text();
        auto transaction = state.begin();
        outbox.enqueue({.id = id, .key = key, .document = document}, clock.now());
        transaction.commit(store::Durability::crash);
    }

    freshet::event::DeliveryParts parts() {
        return {.state = state, .clock = clock, .log = log, .chance = [] { return 0.0; }};
    }
    Delivery delivery(FakeSink& sink) { return Delivery(parts(), {sink}); }

    FakeClock& clock;
    store::StateFile state;
    FakeLog log;
};

}  // namespace

TEST_CASE("an event reaches each sink once, as it was stored", "[event]") {
    const TempDir folder;
    FakeClock clock;
    Start start(folder / "state", clock);
    FakeSink file("file");
    FakeSink web("web");
    Delivery delivery(start.parts(), {file, web});
    start.store_event("e1", "gfs");
    CHECK(delivery.status().pending == 2);
    CHECK(delivery.deliver_due().pending == 0);
    delivery.deliver_due();
    auto expected = freshet::test::sample_event("e1");
    expected.key = "gfs";
    CHECK(file.acknowledged() == std::vector{expected});
    CHECK(web.acknowledged() == std::vector{expected});
}

TEST_CASE("a repeat carries the same id and comes after the pause, not before", "[event]") {
    const TempDir folder;
    FakeClock clock;
    Start start(folder / "state", clock);
    FakeSink sink;
    auto delivery = start.delivery(sink);
    start.store_event("e1", "gfs");
    sink.fail(2);
    CHECK(delivery.deliver_due().next_try == clock.now() + 1s);
    clock.pass(999ms);
    delivery.deliver_due();
    CHECK(sink.asked() == Ids{"e1"});
    clock.pass(1ms);
    CHECK(delivery.deliver_due().next_try == clock.now() + 2s);
    clock.pass(2s);
    CHECK(delivery.deliver_due().pending == 0);
    CHECK(sink.asked() == Ids{"e1", "e1", "e1"});
    CHECK(sink.acknowledged_ids() == Ids{"e1"});
}

TEST_CASE("a failed event holds up later ones of its key and no others", "[event]") {
    const TempDir folder;
    FakeClock clock;
    Start start(folder / "state", clock);
    FakeSink sink;
    auto delivery = start.delivery(sink);
    start.store_event("a1", "a");
    start.store_event("a2", "a");
    start.store_event("b1", "b");
    sink.fail(1);
    CHECK(delivery.deliver_due().pending == 2);
    CHECK(sink.asked() == Ids{"a1", "b1"});
    clock.pass(1s);
    delivery.deliver_due();
    CHECK(sink.acknowledged_ids() == Ids{"b1", "a1", "a2"});
}

TEST_CASE("a sink that fails does not hold up another", "[event]") {
    const TempDir folder;
    FakeClock clock;
    Start start(folder / "state", clock);
    FakeSink down("down");
    FakeSink up("up");
    Delivery delivery(start.parts(), {down, up});
    start.store_event("e1", "gfs");
    down.fail(1);
    CHECK(delivery.deliver_due().pending == 1);
    CHECK(up.acknowledged_ids() == Ids{"e1"});
}

TEST_CASE("an event that was not delivered is tried at once by the next start, with the same id", "[event]") {
    const TempDir folder;
    FakeClock clock;
    FakeSink sink;
    {
        Start first(folder / "state", clock);
        auto delivery = first.delivery(sink);
        first.store_event("e1", "gfs");
        sink.fail(1);
        CHECK(delivery.deliver_due().pending == 1);
    }
    Start second(folder / "state", clock);
    CHECK(second.delivery(sink).deliver_due().pending == 0);
    CHECK(sink.asked() == Ids{"e1", "e1"});
    CHECK(sink.acknowledged_ids() == Ids{"e1"});
}

TEST_CASE("an event that was delivered is not delivered again by the next start", "[event]") {
    const TempDir folder;
    FakeClock clock;
    FakeSink sink;
    {
        Start first(folder / "state", clock);
        auto delivery = first.delivery(sink);
        first.store_event("e1", "gfs");
        delivery.deliver_due();
    }
    Start second(folder / "state", clock);
    second.delivery(sink).deliver_due();
    CHECK(sink.asked() == Ids{"e1"});
}

TEST_CASE("what a receiver asks for is waited out, also by the next start", "[event]") {
    const TempDir folder;
    FakeClock clock;
    FakeSink sink;
    {
        Start first(folder / "state", clock);
        auto delivery = first.delivery(sink);
        first.store_event("e1", "gfs");
        sink.fail(1, TransientError("answered 429", FailureClass::throttled, 300s));
        CHECK(delivery.deliver_due().next_try == clock.now() + 300s);
    }
    Start second(folder / "state", clock);
    auto delivery = second.delivery(sink);
    clock.pass(299s);
    CHECK(delivery.deliver_due().pending == 1);
    clock.pass(1s);
    CHECK(delivery.deliver_due().pending == 0);
    CHECK(sink.asked().size() == 2);
}

TEST_CASE("a failed delivery is logged with its reason and the next try", "[event]") {
    const TempDir folder;
    FakeClock clock;
    Start start(folder / "state", clock);
    FakeSink sink("kafka");
    auto delivery = start.delivery(sink);
    start.store_event("e1", "gfs");
    sink.fail(1);
    delivery.deliver_due();
    CHECK(start.log.messages() == Ids{"deliver event to 'kafka': connection refused; next try in 1 s"});
}

TEST_CASE("a document that is no event is kept and its error said", "[event]") {
    const TempDir folder;
    FakeClock clock;
    Start start(folder / "state", clock);
    FakeSink sink;
    auto delivery = start.delivery(sink);
    store::Outbox(start.state).enqueue({.id = "e1", .key = "k", .document = "{}"}, clock.now());
    CHECK(delivery.deliver_due().pending == 1);
    CHECK(sink.asked().empty());
    CHECK_FALSE(delivery.backlog(0).last_error.empty());
}

TEST_CASE("a start with nothing new and nothing pending writes nothing", "[event]") {
    const TempDir folder;
    FakeClock clock;
    FakeSink sink;
    {
        Start first(folder / "state", clock);
        first.delivery(sink).deliver_due();
    }
    const auto before = freshet::read_file(folder / "state");
    {
        Start second(folder / "state", clock);
        second.delivery(sink).deliver_due();
    }
    CHECK(freshet::read_file(folder / "state") == before);
}

TEST_CASE("pauses double from 1 s to 60 s and lose up to a half by chance", "[event]") {
    const std::vector<std::chrono::milliseconds> expected{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
    for (int tries = 1; tries <= 8; ++tries)
        CHECK(pause_after(tries, std::nullopt, 0.0) == expected[static_cast<std::size_t>(tries) - 1]);
    CHECK(pause_after(1000, std::nullopt, 0.0) == 60s);
    CHECK(pause_after(1, std::nullopt, 0.999) == 501ms);
    CHECK(pause_after(7, std::nullopt, 0.5) == 45s);
}

TEST_CASE("a wish for no pause or for more than an hour is not granted", "[event]") {
    CHECK(pause_after(7, 0s, 0.0) == 1s);
    CHECK(pause_after(1, 90s, 0.9) == 90s);
    CHECK(pause_after(1, std::chrono::hours(24), 0.0) == 1h);
}
