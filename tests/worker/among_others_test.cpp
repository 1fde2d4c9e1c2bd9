// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/bench.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

/// Counts how often the scheduler is asked for work.
struct Questions final : worker::SchedulerClient {
    explicit Questions(SchedulerClient& asked) : scheduler(asked) {}

    std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override {
        for (const auto& request : requests) count += std::holds_alternative<wire::GetWork>(request) ? 1 : 0;
        return scheduler.call(requests);
    }

    SchedulerClient& scheduler;
    int count = 0;
};

/// Calls it once, when the worker has begun to wait.
std::function<void()> after_a_while(std::function<void()> what) {
    return [rounds = 0, what = std::move(what)]() mutable {
        if (++rounds == 20) what();
    };
}

}  // namespace

TEST_CASE("a task that another worker runs is waited for, and looked at again when it ends", "[worker]") {
    Shared bench;
    required = {{"a", {"b"}}};
    bench.other_takes(Make{"b"});
    bench.between = after_a_while([&] {
        there.insert("b");
        bench.other_ends(Make{"b"}, wire::Status::done);
    });
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::ran, Fate::was_complete});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Make(name=a)"});
    CHECK(bench.diary.notices == std::vector<std::string>{"waiting for 1 task of other workers"});
}

TEST_CASE("a worker with many free slots asks once where there is no work, and for each while there is", "[worker]") {
    Shared bench;
    Questions questions(bench.client);
    bench.asked = &questions;
    bench.slots = 8;
    bench.other_takes(Make{"b"});
    bench.runner.script = [](const auto&, auto&) { return false; };
    bench.between = [&, rounds = 0]() mutable {
        if (++rounds == 1) CHECK(questions.count == 3 + 1);
        bench.stops = std::min(rounds, 2);
    };
    bench.run({Make{"b"}, Make{"c"}, Make{"d"}, Make{"e"}});
    CHECK(bench.runner.diary[2] == "start Make(name=e)");
}

TEST_CASE("a task that failed for good at another worker is not waited for", "[worker]") {
    Shared bench;
    required = {{"a", {"b"}}};
    bench.other_takes(Make{"b"});
    bench.between = after_a_while([&] { bench.other_ends(Make{"b"}, wire::Status::failed); });
    const auto reports = bench.run({Make{"a"}});
    CHECK(fates(reports) == std::vector{Fate::not_started, Fate::failed});
    CHECK(reports[1].message == "it failed at another worker: no luck");
}

TEST_CASE("a stop ends the wait for another worker, which the report names", "[worker]") {
    Shared bench;
    bench.other_takes(Make{"b"});
    bench.between = after_a_while([&] { bench.stops = 1; });
    const auto reports = bench.run({Make{"b"}});
    CHECK(reports[0].fate == Fate::elsewhere);
    CHECK(reports[0].message == "worker 'other' runs it");
}

TEST_CASE("an external task is waited for while another worker offers to make it", "[worker]") {
    Shared bench;
    bench.other_takes(Given{});
    bench.between = after_a_while([&] {
        there.insert("given");
        bench.other_ends(Given{}, wire::Status::done);
    });
    CHECK(fates(bench.run({Both{}})) == std::vector{Fate::ran, Fate::ran, Fate::was_complete});
}

TEST_CASE("what an external task requires is left to its maker to say", "[worker]") {
    Shared bench;
    auto given = Shared::described(Given{}, wire::Status::pending);
    given.deps = {"earlier"};
    bench.other_says(given);
    bench.between = after_a_while([&] { bench.stops = 1; });
    bench.run({Refine{"a"}});
    CHECK(bench.requirements(Given{}) == 1);
}

TEST_CASE("an external task that is done but cannot be seen here stays done while the run waits", "[worker]") {
    Shared bench;
    bench.other_takes(Given{});
    bench.wait_until = bench.clock.now() + 5min;
    bench.runner.script = fails(1'000, FailureClass::not_yet);  // so that what requires both is not tried
    bench.between = after_a_while([&] { bench.other_ends(Given{}, wire::Status::done); });
    CHECK(fates(bench.run({Both{}})) == std::vector{Fate::not_started, Fate::not_yet, Fate::missing});
    CHECK(bench.status(Given{}) == "DONE");
}

TEST_CASE("an external task that appears without a maker is reported to the scheduler", "[worker]") {
    Shared bench;
    bench.wait_until = bench.clock.now() + 10min;
    bench.between = after_a_while([&] { there.insert("given"); });
    CHECK(fates(bench.run({Refine{"a"}})) == std::vector{Fate::ran, Fate::was_complete});
    CHECK(bench.status(Given{}) == "DONE");
}

TEST_CASE("an external task whose maker ended before it could report is reported by who needs it", "[worker]") {
    Shared bench;
    bench.other_takes(Given{});
    bench.between = after_a_while([&] {
        there.insert("given");
        bench.clock.pass(2min);
        bench.other_says(wire::Prune{});
    });
    CHECK(fates(bench.run({Refine{"a"}})) == std::vector{Fate::ran, Fate::was_complete});
}

TEST_CASE("an external task that nobody makes ends the run", "[worker]") {
    Shared bench;
    CHECK(fates(bench.run({Both{}})) == std::vector{Fate::not_started, Fate::ran, Fate::missing});
}

TEST_CASE("a worker that the scheduler has forgotten registers its tasks again", "[worker]") {
    Shared bench;
    required = {{"a", {"b"}}};
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        there.insert(attempt.task.values().at("name"));
        bench.clock.pass(2min);  // longer than a silent worker is remembered
        bench.other_says(wire::Prune{});
        return true;
    };
    const auto reports = bench.run({Make{"a"}});
    CHECK(fates(reports) == std::vector(2, Fate::ran));
}

TEST_CASE("what is complete when it is handed out is reported and not run", "[worker]") {
    Shared bench;
    bench.other_takes(Make{"a"});
    bench.between = after_a_while([&] {
        there.insert("a");
        bench.clock.pass(2min);  // the other one is given up, and its task handed out again
        bench.other_says(wire::Prune{});
    });
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::was_complete});
    CHECK(bench.runner.diary.empty());
}

TEST_CASE("a worker that serves a family makes what others only named, when what that requires is there", "[worker]") {
    Shared bench;
    bench.sharing = worker::Sharing{.families = {"Refine"}, .serves = 20s};
    auto named = Shared::described(Refine{"a"}, wire::Status::pending);
    named.runnable = false;
    bench.other_says(named);
    bench.other_takes(Given{});
    bench.between = after_a_while([&] {
        there.insert("given");
        bench.other_ends(Given{}, wire::Status::done);
    });
    CHECK(fates(bench.run({})) == std::vector{Fate::ran, Fate::was_complete});
    CHECK(bench.runner.diary == std::vector<std::string>{"start Refine(name=a)"});
    CHECK(bench.requirements(Refine{"a"}) == 1);
}

TEST_CASE("a worker that serves tells what a task uses that others only named, before it runs it", "[worker]") {
    Shared bench;
    bench.sharing = worker::Sharing{.families = {"Weigh"}, .serves = 20s};
    bench.slots = 2;
    for (const auto* name : {"a", "b"}) {
        auto named = Shared::described(Weigh{name}, wire::Status::pending);
        named.runnable = false;
        bench.other_says(named);
    }
    int running = 0;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        for (const auto& id : {Weigh{"a"}, Weigh{"b"}}) running += bench.status(id) == "RUNNING" ? 1 : 0;
        there.insert(attempt.task.values().at("name"));
        return true;
    };
    CHECK(fates(bench.run({})) == std::vector(2, Fate::ran));
    CHECK(running == 2);  // each time but the one
}

TEST_CASE("a worker that serves waits no longer than its idle time for what others make", "[worker]") {
    Shared bench;
    bench.sharing = worker::Sharing{.families = {"Refine"}, .serves = 20s};
    bench.other_takes(Given{});
    bench.other_says(Shared::described(Refine{"a"}, wire::Status::pending));
    const Time began = bench.clock.now();
    CHECK(fates(bench.run({})) == std::vector{Fate::not_started, Fate::missing});
    CHECK(bench.clock.now() - began < 1min);
}

TEST_CASE("a worker that serves families makes what others registered, and ends when there is nothing more", "[worker]") {
    Shared bench;
    bench.sharing = worker::Sharing{.families = {"Make"}, .serves = 5s};
    bench.other_says(Shared::described(Make{"a"}, wire::Status::pending));
    CHECK(fates(bench.run({})) == std::vector{Fate::ran});
    CHECK(there.contains("a"));
}

TEST_CASE("a worker that an operator has disabled starts no more", "[worker]") {
    Shared bench;
    bench.runner.script = [&](const worker::Attempt& attempt, AttemptResult&) {
        bench.other_says(wire::DisableWorker{.worker = "W1"});
        return there.insert(attempt.task.values().at("name")), true;
    };
    CHECK(fates(bench.run({Make{"a"}, Make{"b"}})) == std::vector{Fate::ran, Fate::not_started});
    CHECK(bench.diary.notices ==
          std::vector<std::string>{"the scheduler has disabled this worker: finishing 0 running, starting no more"});
}

TEST_CASE("a late answer to a held question does not begin again what has ended meanwhile", "[worker]") {
    Shared bench;
    HandOuts handed_out(bench.client);
    bench.asked = &handed_out;
    bench.runner.script = fails(1, FailureClass::transient);
    bench.between = [&, is_sent = false]() mutable {
        if (!bench.diary.ends.empty() && !std::exchange(is_sent, true)) bench.mailbox.put(worker::Offer{handed_out.all.front()});
    };
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::ran});
    CHECK(bench.runner.diary.size() == 2);
    CHECK(handed_out.all.size() == 2);
}

TEST_CASE("a late answer to a held question does not give back what already runs", "[worker]") {
    Shared bench;
    HandOuts handed_out(bench.client);
    bench.asked = &handed_out;
    bench.runner.script = [](const auto&, auto&) { return false; };
    bench.between = [&, rounds = 0]() mutable {
        if (++rounds == 1) bench.mailbox.put(worker::Offer{handed_out.all.front()});
        if (rounds == 3) {
            there.insert("a");
            CHECK(bench.status(Make{"a"}) == "RUNNING");
            bench.mailbox.put(AttemptResult{.token = bench.runner.running.front().token, .ending = Ending::done});
        }
    };
    CHECK(fates(bench.run({Make{"a"}})) == std::vector{Fate::ran});
    CHECK(bench.runner.diary.size() == 1);
}

TEST_CASE("an offer that comes when all slots are taken goes back as it was", "[worker]") {
    Shared bench;
    bench.runner.script = [](const auto&, auto&) { return false; };
    bench.between = [&, rounds = 0]() mutable {
        if (++rounds == 1) {
            auto weigh = Shared::described(Weigh{"a"}, wire::Status::pending);
            weigh.resources = {{"scales", 1}};
            bench.other_says(weigh);
            bench.mailbox.put(worker::Offer{std::get<wire::Work>(bench.other_says(
                wire::GetWork{.worker = "W1", .families = {"Weigh"}}))});
        }
        if (rounds < 3) return;
        CHECK(bench.status(Weigh{"a"}) == "PENDING");
        CHECK(bench.node(Weigh{"a"}).at("resources").at("scales").as_integer() == 1);
        bench.stops = 2;
    };
    bench.run({Make{"b"}});
}

TEST_CASE("an offer that comes when the worker ends goes back", "[worker]") {
    Shared bench;
    bench.sharing = worker::Sharing{.families = {"Make"}, .serves = 5s};
    const Time end = bench.clock.now() + 5s;
    bench.between = [&, is_sent = false]() mutable {
        if (bench.clock.now() < end || std::exchange(is_sent, true)) return;
        bench.other_says(Shared::described(Make{"a"}, wire::Status::pending));
        bench.mailbox.put(worker::Offer{
            std::get<wire::Work>(bench.other_says(wire::GetWork{.worker = "W1", .families = {"Make"}}))});
        CHECK(bench.status(Make{"a"}) == "RUNNING");
    };
    bench.run({});
    CHECK(bench.status(Make{"a"}) == "PENDING");
    CHECK(bench.runner.diary.empty());
}

TEST_CASE("a late offer of a task that was refused does not begin it", "[worker]") {
    Shared bench;
    HandOuts handed_out(bench.client);
    bench.asked = &handed_out;
    bench.sharing = worker::Sharing{.families = {"Impossible"}, .serves = 5s};
    bench.other_says(Shared::described(Impossible{}, wire::Status::pending));
    bench.between = [&, is_sent = false]() mutable {
        if (!handed_out.all.empty() && !std::exchange(is_sent, true)) bench.mailbox.put(worker::Offer{handed_out.all.front()});
    };
    bench.run({});
    CHECK(handed_out.all.size() == 1);
    CHECK(bench.runner.diary.empty());
}
