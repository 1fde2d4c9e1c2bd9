// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/scaling_rule.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace freshet;
using namespace std::chrono_literals;
using daemon::QueueStatus;
using daemon::ScalingDecision;
using daemon::ScalingOptions;
using daemon::ScalingRule;

namespace {

/// Workers that do as the rule decides, at once.
struct Site {
    explicit Site(ScalingOptions options) : rule(options) {}

    ScalingDecision look(QueueStatus queue, std::chrono::seconds later = 0s) {
        clock.advance(later);
        ScalingDecision decision = rule.decide(queue, workers, clock.now());
        workers.active += decision.start - decision.drain;
        return decision;
    }

    test::FakeClock clock;
    ScalingRule rule;
    daemon::WorkerCounts workers{};
};

constexpr ScalingOptions up_to_four{.max_workers = 4, .tasks_per_worker = 10, .longest_wait = 60s, .cooldown = 300s};

}  // namespace

TEST_CASE("as many workers are started at once as there is work for, up to the maximum", "[daemon][autoscale]") {
    Site site(up_to_four);
    CHECK(site.look({}) == ScalingDecision{});
    CHECK(site.look({.ready = 1}, 5s).start == 1);
    CHECK(site.look({.ready = 15, .running = 6}, 5s).start == 2);
    CHECK(site.look({.ready = 10'000, .running = 3}, 5s).start == 1);
    CHECK(site.look({.ready = 10'000, .running = 4}, 5s).start == 0);
    CHECK(site.workers.active == 4);
}

TEST_CASE("a worker is drained when no more were wanted throughout the cooldown", "[daemon][autoscale]") {
    Site site(up_to_four);
    site.look({.ready = 40});
    CHECK(site.look({.running = 20}, 5s).drain == 0);
    CHECK(site.look({.running = 20}, 294s).drain == 0);
    CHECK(site.look({.running = 20}, 6s).drain == 2);
    SECTION("work that returns in time keeps it") {
        CHECK(site.look({.running = 5}, 299s).drain == 0);
        CHECK(site.look({.ready = 8, .running = 5}, 1s).drain == 0);
        CHECK(site.look({.running = 5}, 299s).drain == 0);
        CHECK(site.workers.active == 2);
    }
    SECTION("without work it is the last one, too") {
        site.look({}, 5s);
        const auto decision = site.look({}, 300s);
        CHECK(decision.drain == 2);
        CHECK(decision.reason == "0 ready, 0 running; for 5 min 00 s no more than 0 wanted");
    }
}

TEST_CASE("in a quiet hour there are no workers but the minimum, and one task is served at once",
          "[daemon][autoscale]") {
    const std::int64_t least = GENERATE(0, 1);
    ScalingOptions options = up_to_four;
    options.min_workers = least;
    Site site(options);
    site.look({.ready = 100});
    CHECK(site.workers.active == 4);
    std::vector<std::int64_t> changes;
    for (int looks = 0; looks < 720; ++looks)
        if (const auto decision = site.look({}, 5s); decision.drain + decision.start > 0)
            changes.push_back(decision.start - decision.drain);
    CHECK(changes == std::vector{least - 4});
    CHECK(site.workers.active == least);
    CHECK(site.look({.ready = 1}, 5s).start == 1 - least);
}

TEST_CASE("a task that waits for too long wants one more worker, which gets time to help", "[daemon][autoscale]") {
    Site site(up_to_four);
    site.look({.ready = 2});
    CHECK(site.look({.ready = 1, .oldest = 59s, .running = 1}, 5s).start == 0);
    const auto late = site.look({.ready = 1, .oldest = 90s, .running = 1}, 60s);
    CHECK(late.start == 1);
    CHECK(late.reason == "1 ready, 1 running, the oldest for 1 min 30 s");
    CHECK(site.look({.ready = 1, .oldest = 95s, .running = 1}, 5s).start == 0);
    CHECK(site.look({.ready = 1, .oldest = 150s, .running = 1}, 55s).start == 1);
}

TEST_CASE("what another worker could not begin starts none", "[daemon][autoscale]") {
    Site site(up_to_four);
    CHECK(site.look({.ready = 100, .oldest = 1h, .is_paused = true}).start == 0);
    CHECK(site.look({.held_up = 100}, 5s).start == 0);
}

TEST_CASE("workers that are draining count until they have ended", "[daemon][autoscale]") {
    Site site(up_to_four);
    site.workers.draining = 3;
    CHECK(site.look({.ready = 100}).start == 1);
    CHECK(site.look({.ready = 100}, 5s).start == 0);
    site.workers.draining = 0;
    CHECK(site.look({.ready = 100}, 5s).start == 3);
}

TEST_CASE("while the scheduler is away nothing is drained, and the cooldown begins anew after it",
          "[daemon][autoscale]") {
    Site site(up_to_four);
    site.look({.ready = 40});
    site.clock.advance(1h);
    site.rule.on_unreachable();
    CHECK(site.look({}, 5s).drain == 0);
    CHECK(site.look({}, 299s).drain == 0);
    CHECK(site.look({}, 1s).drain == 4);
}

TEST_CASE("workers that fail are replaced after growing pauses, which end when one has lived", "[daemon][autoscale]") {
    Site site(up_to_four);
    const auto fail = [&](std::chrono::seconds lived) {
        site.workers.active = 0;
        return site.rule.on_failed_worker(site.clock.now(), lived);
    };
    site.look({.ready = 1});
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        CHECK(fail(0s) == pause);
        CHECK(site.look({.ready = 1}, pause - 1s).start == 0);
        CHECK(site.look({.ready = 1}, 1s).start == 1);
    }
    CHECK(fail(61s) == 1s);
}
