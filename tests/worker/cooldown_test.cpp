// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/bench.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

/// A bench whose scheduler does not believe, for ten seconds, that what was done is gone.
struct Cautious : Shared {
    explicit Cautious(std::chrono::seconds cooldown = 10s) : Shared(patient(cooldown)) {}

    static scheduler::Config patient(std::chrono::seconds cooldown) {
        scheduler::Config config = embedded();
        config.stable_done_cooldown_secs = scheduler::Seconds(cooldown);
        return config;
    }

    void other_makes_given() {
        for (const auto status : {wire::Status::pending, wire::Status::done}) other_says(described(Given{}, status));
    }
};

}  // namespace

TEST_CASE("what was done moments ago and is gone is made again as soon as the scheduler believes it", "[worker]") {
    Cautious bench;
    bench.run({Make{"a"}});
    there.clear();
    const Time begin = bench.clock.now();
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::ran});
    CHECK(bench.clock.now() - begin < 11s);
    CHECK(bench.diary.notices ==
          std::vector<std::string>{"Make(name=a) was done moments ago, says the scheduler, and is not there: it is made again "
                                   "in 10 s, unless it appears"});
}

TEST_CASE("what appears while the scheduler waits for it is not made again", "[worker]") {
    Cautious bench;
    bench.run({Make{"a"}});
    there.clear();
    bench.between = [&, rounds = 0]() mutable {
        if (++rounds == 20) there.insert("a");
    };
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::was_complete});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=a)"});
}

TEST_CASE("who needs what vanished moments after it was done waits until it is made again", "[worker]") {
    Cautious bench;
    bench.run({Make{"b"}});
    required = {{"a", {"b", "c"}}};
    bench.runner.script = [](const worker::Attempt& attempt, AttemptResult&) {
        const std::string name = attempt.task.values().at("name");
        if (name == "c") there.erase("b");
        there.insert(name);
        return true;
    };
    const auto reports = bench.run({Make{"a"}});
    CHECK(reports[0].fate == Fate::ran);
    CHECK(there.contains("b"));
}

TEST_CASE("a stop ends the wait for what is to be made again", "[worker]") {
    Cautious bench;
    bench.run({Make{"a"}});
    there.clear();
    bench.between = [&, rounds = 0]() mutable {
        if (++rounds == 5) bench.stops = 1;
    };
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::not_started});
}

TEST_CASE("who loses again and again what it needs fails when its tries are used up", "[worker]") {
    Cautious bench;
    HandOuts handed_out(bench.client);
    bench.asked = &handed_out;
    handed_out.seen = [loser = AnyTask(Make{"a"}).id()](const wire::Assignment& task) {
        if (task.task_id == loser) there.erase("b");
    };
    required = {{"a", {"b"}}};
    const auto reports = bench.run({Make{"a"}});
    CHECK(reports[0].fate == Fate::failed);
    CHECK(reports[0].message.ends_with("has gone again"));
}

TEST_CASE("what another has made moments ago stays done while nobody here needs it, though it is not seen", "[worker]") {
    Cautious bench;
    bench.other_makes_given();
    bench.wait_until = bench.clock.now() + 30s;
    bench.runner.script = fails(1'000, FailureClass::not_yet);  // so that what requires both is not tried
    bench.run({Both{}});
    CHECK(bench.status(Given{}) == "DONE");
}

TEST_CASE("what another has made and who needs it does not see is waited for, and then asked for again", "[worker]") {
    Cautious bench(GENERATE(10s, 45s));
    bench.other_makes_given();
    bench.between = [&] {
        bench.other_says(wire::Ping{.worker = "other"});
        if (bench.status(Given{}) == "DONE") return;
        there.insert("given");
        bench.other_makes_given();
    };
    CHECK(fates(bench.run({Refine{"a"}})) == std::vector{Fate::ran, Fate::was_complete});
    CHECK(bench.diary.ends.front().second.message.ends_with("which was done moments ago and is not there"));
}
