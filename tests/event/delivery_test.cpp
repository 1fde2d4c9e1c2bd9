// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/delivery_threads.hpp"

#include "event/start.hpp"
#include "support/fake_sink.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace store = freshet::store;
using freshet::FailureClass;
using freshet::TransientError;
using freshet::event::pause_after;
using freshet::test::DeliveryEnvironment;
using freshet::test::FakeClock;
using freshet::test::FakeSink;
using freshet::test::TempDir;
using namespace std::chrono_literals;

namespace {

using Ids = std::vector<std::string>;

/// The deliveries of a program that does nothing else meanwhile.
class Delivery {
public:
    Delivery(freshet::event::DeliveryServices services, freshet::event::Sinks sinks)
        : threads_(std::move(services), std::move(sinks), {}) {}

    /// Returns once everything that is due has been tried.
    freshet::event::DeliveryStatus deliver_due() {
        threads_.deliver_due(1h);
        return threads_.poll();
    }

private:
    freshet::event::DeliveryThreads threads_;
};

/// A program that is started again and again on one state, with one sink and a clock that the test moves.
struct Program {
    DeliveryEnvironment start() {
        return {store::StateFile::open_exclusive(folder / "state",
                                                 {.host = "h", .pid = 1, .since = FakeClock::start, .command = "r"}),
                clock};
    }
    /// One start from beginning to end, and what it leaves.
    auto run() {
        auto started = start();
        return Delivery(started.services(), {sink}).deliver_due();
    }
    auto run_with_event(const std::string& id) {
        auto started = start();
        started.store_event(id, "gfs");
        return Delivery(started.services(), {sink}).deliver_due();
    }

    TempDir folder;
    FakeClock clock;
    FakeSink sink;
};

/// A single start of it, and what it delivers.
struct SingleStart : Program {
    DeliveryEnvironment started = start();
    Delivery delivery{started.services(), {sink}};
};

}  // namespace

TEST_CASE_METHOD(Program, "an event reaches each sink once, as it was stored", "[event]") {
    auto started = start();
    FakeSink web("web");
    Delivery delivery(started.services(), {sink, web});
    started.store_event("e1", "gfs");
    CHECK(store::Outbox(started.state).backlog(sink.name()).pending == 1);
    CHECK(store::Outbox(started.state).backlog("web").pending == 1);
    CHECK(delivery.deliver_due().pending == 0);
    delivery.deliver_due();
    auto expected = freshet::test::sample_event("e1");
    expected.key = "gfs";
    expected.subject = "gfs.0p25/06Z";
    CHECK(sink.acknowledged() == std::vector{expected});
    CHECK(web.acknowledged() == std::vector{expected});
}

TEST_CASE_METHOD(SingleStart, "a repeat carries the same id and comes after the pause, not before", "[event]") {
    started.store_event("e1", "gfs");
    sink.fail(2);
    CHECK(delivery.deliver_due().next_try == clock.now() + 1s);
    clock.advance(999ms);
    delivery.deliver_due();
    CHECK(sink.attempted() == Ids{"e1"});
    clock.advance(1ms);
    CHECK(delivery.deliver_due().next_try == clock.now() + 2s);
    clock.advance(2s);
    CHECK(delivery.deliver_due().pending == 0);
    CHECK(sink.attempted() == Ids{"e1", "e1", "e1"});
    CHECK(sink.acknowledged_ids() == Ids{"e1"});
}

TEST_CASE_METHOD(SingleStart, "a failed event holds up later ones of its key and no others", "[event]") {
    started.store_event("a1", "a");
    started.store_event("a2", "a");
    started.store_event("b1", "b");
    sink.fail(1);
    CHECK(delivery.deliver_due().pending == 2);
    CHECK(sink.attempted() == Ids{"a1", "b1"});
    clock.advance(1s);
    delivery.deliver_due();
    CHECK(sink.acknowledged_ids() == Ids{"b1", "a1", "a2"});
}

TEST_CASE_METHOD(SingleStart, "an event that is refused holds up those of its subject and no others", "[event]") {
    started.store_event("00", "gfs", "gfs/00Z");
    started.store_event("06", "gfs", "gfs/06Z");
    started.store_event("00 superseded", "gfs", "gfs/00Z");
    sink.fail(1, freshet::Error("answered 413"));
    CHECK(delivery.deliver_due().pending == 2);
    CHECK(sink.attempted() == Ids{"00", "06"});
    clock.advance(60s);
    delivery.deliver_due();
    CHECK(sink.acknowledged_ids() == Ids{"06", "00", "00 superseded"});
}

TEST_CASE_METHOD(SingleStart, "an event that was refused five times is dead, and said to be so", "[event]") {
    started.store_event("large", "gfs", "gfs/00Z");
    started.store_event("large superseded", "gfs", "gfs/00Z");
    sink.fail(5, freshet::Error("answered 413"));
    for (std::size_t i = 0; i < 5; ++i, clock.advance(60s)) {
        CHECK(sink.attempted().size() == i);
        delivery.deliver_due();
    }
    CHECK(sink.attempted() == Ids{"large", "large", "large", "large", "large", "large superseded"});
    CHECK(store::Outbox(started.state).backlog(sink.name()).pending == 0);
    CHECK(store::Outbox(started.state).backlog(sink.name()).dead == 1);
    CHECK(started.log.messages().at(4) == "answered 413; refused 5 times, it is not tried again unless it is resent");
    store::Outbox(started.state).resend("large", sink.name());
    CHECK(delivery.deliver_due().pending == 0);
    CHECK(sink.acknowledged_ids() == Ids{"large superseded", "large"});
}

TEST_CASE_METHOD(SingleStart, "an event is never dead because its sink is away", "[event]") {
    started.store_event("e1", "gfs");
    sink.fail(50);
    for (int i = 0; i < 50; ++i, clock.advance(60s)) delivery.deliver_due();
    CHECK(sink.attempted().size() == 50);
    CHECK(store::Outbox(started.state).backlog(sink.name()).dead == 0);
    CHECK(delivery.deliver_due().pending == 0);
}

TEST_CASE_METHOD(SingleStart, "a sink that is away is asked with one event after each pause, in turn", "[event]") {
    for (const auto* id : {"a", "b", "c", "d"}) started.store_event(id, id);
    sink.fail(4);
    CHECK(delivery.deliver_due().next_try == clock.now() + 1s);
    CHECK(sink.attempted() == Ids{"a", "b"});  // the first failure might have been the event's
    clock.advance(1s);
    CHECK(delivery.deliver_due().next_try == clock.now() + 2s);
    CHECK(sink.attempted() == Ids{"a", "b", "c"});
    clock.advance(2s);
    CHECK(delivery.deliver_due().next_try == clock.now() + 4s);
    clock.advance(4s);
    CHECK(delivery.deliver_due().pending == 0);
    CHECK(sink.attempted() == Ids{"a", "b", "c", "d", "a", "b", "c", "d"});
}

TEST_CASE_METHOD(Program, "a pause that a receiver asks for holds for all its events, also in the next start",
                 "[event]") {
    sink.fail(1, TransientError("answered 429", FailureClass::throttled, 300s));
    {
        auto first = start();
        first.store_event("a", "a");
        first.store_event("b", "b");
        Delivery delivery(first.services(), {sink});
        CHECK(delivery.deliver_due().next_try == clock.now() + 300s);
        first.store_event("c", "c");
        delivery.deliver_due();
    }
    auto second = start();
    Delivery delivery(second.services(), {sink});
    clock.advance(299s);
    delivery.deliver_due();
    CHECK(sink.acknowledged_ids() == Ids{"c"});  // stored after the pause was recorded
    clock.advance(1s);
    CHECK(delivery.deliver_due().pending == 0);
    CHECK(sink.attempted() == Ids{"a", "c", "a", "b"});
}

TEST_CASE_METHOD(Program, "a start tries every event at once, also when only one of them is due", "[event]") {
    auto first = start();
    first.store_event("a", "a");
    sink.fail(3);
    {
        Delivery delivery(first.services(), {sink});
        for (int i = 0; i < 3; ++i, clock.advance(2s)) delivery.deliver_due();
    }
    first.store_event("b", "b");
    sink.fail(0);
    CHECK(Delivery(first.services(), {sink}).deliver_due().pending == 0);
    CHECK(sink.acknowledged_ids() == Ids{"a", "b"});
}

TEST_CASE_METHOD(Program, "a sink that fails does not hold up another", "[event]") {
    auto started = start();
    FakeSink up("up");
    Delivery delivery(started.services(), {sink, up});
    started.store_event("e1", "gfs");
    sink.fail(1);
    CHECK(delivery.deliver_due().pending == 1);
    CHECK(up.acknowledged_ids() == Ids{"e1"});
}

TEST_CASE_METHOD(Program, "an event that was not delivered is tried at once by the next start, with the same id",
                 "[event]") {
    sink.fail(1);
    CHECK(run_with_event("e1").pending == 1);
    CHECK(run().pending == 0);
    CHECK(sink.attempted() == Ids{"e1", "e1"});
    CHECK(sink.acknowledged_ids() == Ids{"e1"});
}

TEST_CASE_METHOD(Program, "an event that was delivered is not delivered again by the next start", "[event]") {
    run_with_event("e1");
    run();
    CHECK(sink.attempted() == Ids{"e1"});
}

TEST_CASE_METHOD(Program, "what a receiver asks for is waited out, also by the next start", "[event]") {
    sink.fail(1, TransientError("answered 429", FailureClass::throttled, 300s));
    CHECK(run_with_event("e1").next_try == clock.now() + 300s);
    auto second = start();
    Delivery delivery(second.services(), {sink});
    clock.advance(299s);
    CHECK(delivery.deliver_due().pending == 1);
    clock.advance(1s);
    CHECK(delivery.deliver_due().pending == 0);
    CHECK(sink.attempted().size() == 2);
}

TEST_CASE_METHOD(SingleStart, "a failed delivery is logged with its reason and the next try", "[event]") {
    started.store_event("e1", "gfs");
    sink.fail(1);
    delivery.deliver_due();
    CHECK(started.log.messages() == Ids{"deliver event to '" + sink.name() + "': connection refused; next try in 1 s"});
}

TEST_CASE_METHOD(SingleStart, "a document that is no event is kept and its error said", "[event]") {
    store::Outbox(started.state).enqueue({.id = "e1", .key = "k", .document = "{}"}, clock.now());
    CHECK(delivery.deliver_due().pending == 1);
    CHECK(sink.attempted().empty());
    CHECK_FALSE(store::Outbox(started.state).backlog(sink.name()).last_error.empty());
}

TEST_CASE_METHOD(Program, "a start with nothing new and nothing pending writes nothing", "[event]") {
    run();
    const auto before = freshet::read_file(folder / "state");
    run();
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
