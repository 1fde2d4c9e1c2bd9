// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/delivery_threads.hpp"

#include "event/start.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_sink.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace store = freshet::store;
using freshet::SystemClock;
using freshet::event::DeliveryThreads;
using freshet::test::DeliveryEnvironment;
using freshet::test::FakeClock;
using freshet::test::FakeSink;
using namespace std::chrono_literals;

namespace {

using Ids = std::vector<std::string>;

/// Longer than any machine needs, so that it is reached only when the test fails.
constexpr auto plenty = 20s;

/// A start in real time, on a state in memory.
struct Fixture {
    void store_event(const std::string& id, const std::string& key) { start.store_event(id, key); }
    freshet::event::DeliveryServices services() { return start.services(); }

    SystemClock clock;
    DeliveryEnvironment start{store::StateFile::in_memory(), clock};
};

}  // namespace

TEST_CASE("threads deliver everything in order of each key", "[event]") {
    Fixture fixture;
    FakeSink sink;
    DeliveryThreads threads(fixture.services(), {sink}, {});
    for (const auto* id : {"a1", "a2", "a3"}) fixture.store_event(id, "a");
    CHECK(threads.finish(plenty).pending == 0);
    CHECK(sink.acknowledged_ids() == Ids{"a1", "a2", "a3"});
}

TEST_CASE("a slow sink holds up neither the owner nor another sink", "[event]") {
    Fixture fixture;
    std::binary_semaphore release(0);
    std::promise<void> fast_was_asked;
    FakeSink slow("slow");
    FakeSink fast("fast");
    slow.before_deliver = [&](const freshet::Event&) { release.acquire(); };
    fast.before_deliver = [&](const freshet::Event&) { fast_was_asked.set_value(); };
    DeliveryThreads threads(fixture.services(), {slow, fast}, {});
    fixture.store_event("e1", "a");
    const auto status = threads.poll();
    CHECK(status.pending == 2);
    CHECK_FALSE(status.next_try);
    CHECK(fast_was_asked.get_future().wait_for(plenty) == std::future_status::ready);
    CHECK(slow.acknowledged().empty());
    release.release();
    CHECK(threads.finish(plenty).pending == 0);
    CHECK(slow.acknowledged_ids() == Ids{"e1"});
}

TEST_CASE("the owner is woken when a sink has answered", "[event]") {
    Fixture fixture;
    FakeSink sink;
    std::binary_semaphore woken(0);
    DeliveryThreads threads(fixture.services(), {sink}, [&] { woken.release(); });
    fixture.store_event("e1", "a");
    threads.poll();
    REQUIRE(woken.try_acquire_for(plenty));
    CHECK(threads.poll().pending == 0);
}

TEST_CASE("an owner with many turns polls now and then, and when a sink has answered", "[event]") {
    FakeClock clock;
    DeliveryEnvironment environment{store::StateFile::in_memory(), clock};
    FakeSink sink;
    std::binary_semaphore woken(0);
    DeliveryThreads threads(environment.services(), {sink}, [&] { woken.release(); });
    CHECK_FALSE(threads.poll_if_due());
    environment.store_event("e1", "a");
    CHECK(threads.poll_if_due() == clock.now() + std::chrono::milliseconds(100));
    CHECK(sink.acknowledged_ids().empty());
    clock.advance(std::chrono::milliseconds(100));
    threads.poll_if_due();
    REQUIRE(woken.try_acquire_for(plenty));
    environment.store_event("e2", "a");
    threads.poll_if_due();
    REQUIRE(woken.try_acquire_for(plenty));
    CHECK(sink.acknowledged_ids() == Ids{"e1", "e2"});
}

TEST_CASE("the rest of a batch is not tried after the sink has failed, but one other event", "[event]") {
    FakeClock clock;
    DeliveryEnvironment environment{store::StateFile::in_memory(), clock};
    FakeSink sink;
    std::counting_semaphore<> woken(0);
    DeliveryThreads threads(environment.services(), {sink}, [&] { woken.release(); });
    for (const auto* id : {"a", "b", "c"}) environment.store_event(id, id);
    sink.fail(2);
    threads.poll();
    for (int i = 0; i < 3; ++i) REQUIRE(woken.try_acquire_for(plenty));
    CHECK(sink.attempted() == Ids{"a"});
    threads.poll();
    REQUIRE(woken.try_acquire_for(plenty));
    CHECK(threads.poll().next_try == clock.now() + 1s);
    CHECK(sink.attempted() == Ids{"a", "b"});
}

TEST_CASE("the end of a run does not wait for a try that comes too late", "[event]") {
    Fixture fixture;
    FakeSink sink;
    sink.fail(1, freshet::TransientError("answered 503", freshet::FailureClass::throttled, std::chrono::hours(1)));
    DeliveryThreads threads(fixture.services(), {sink}, {});
    fixture.store_event("e1", "a");
    const auto began = fixture.clock.steady_now();
    CHECK(threads.finish(plenty).pending == 1);
    CHECK(fixture.clock.steady_now() - began < plenty);
    CHECK(sink.attempted() == Ids{"e1"});
}

TEST_CASE("the end of a run gives up on a sink that does not answer in time", "[event]") {
    Fixture fixture;
    FakeSink sink;
    std::binary_semaphore release(0);
    std::binary_semaphore was_asked(0);
    sink.before_deliver = [&](const freshet::Event&) {
        was_asked.release();
        release.acquire();
    };
    {
        DeliveryThreads threads(fixture.services(), {sink}, {});
        fixture.store_event("e1", "a");
        threads.poll();
        REQUIRE(was_asked.try_acquire_for(plenty));
        CHECK(threads.finish(5ms).pending == 1);
        release.release();
    }
    // The call in progress was waited for and recorded: the next start does not repeat it.
    CHECK(freshet::event::Delivery(fixture.services(), {sink}).status().pending == 0);
    CHECK(sink.attempted() == Ids{"e1"});
}

TEST_CASE("an acknowledgement that could not be recorded is asked for once more when there is room", "[event]") {
    Fixture fixture;
    FakeSink sink;
    std::binary_semaphore woken(0);
    DeliveryThreads threads(fixture.services(), {sink}, [&] { woken.release(); });
    fixture.store_event("e1", "a");
    threads.poll();
    REQUIRE(woken.try_acquire_for(plenty));
    fixture.start.state.database().execute("PRAGMA query_only = 1");
    CHECK_THROWS_AS(threads.poll(), freshet::StoreError);
    fixture.start.state.database().execute("PRAGMA query_only = 0");
    CHECK(threads.finish(plenty).pending == 0);
    CHECK(sink.attempted() == Ids{"e1", "e1"});
}
