// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/session.hpp"

#include "freshet/error.hpp"
#include "freshet/registry.hpp"
#include "freshet/task.hpp"
#include "store/history.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"
#include "support/settable_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;

namespace {

test::SettableClock wall_clock;

/// Sets the clock, and fails in its first attempt.
struct SetClock {
    std::filesystem::path folder;
    int hours = 0;
    static constexpr Parameter parameters[] = {param<&SetClock::folder>("where the file goes").required(),
                                               param<&SetClock::hours>("by so much")};

    LocalTarget output() const { return LocalTarget(folder / "output"); }
    RetryPolicy retry() const {
        RetryPolicy policy;
        policy.first_pause = 200ms;
        return policy;
    }
    void run(Context& context) const {
        wall_clock.set_by(std::chrono::hours(hours));
        if (context.attempt() == 1) throw TransientError("try the first time");
        output().write("done");
    }
};

}  // namespace

TEST_CASE("setting the clock changes neither the pauses of a run nor its durations", "[run]") {
    const int hours = GENERATE(-1, 1);
    const test::TempDir folder;
    test::FakeLog log;
    worker::NoObserver observer;
    const Registry registry = Registry::of<SetClock>();
    run::SessionOptions options;
    options.state = folder / "state.sqlite";
    const auto began = wall_clock.steady_now();
    const auto result = run::run_session(registry, {SetClock{folder.path(), hours}}, options,
                                         {.clock = wall_clock, .log = log, .observer = observer});
    CHECK(result.succeeded());
    CHECK(wall_clock.steady_now() - began < 30min);  // a pause that follows the clock lasts an hour

    auto state = store::StateFile::open_read_only(*options.state);
    store::History history(state);
    const auto run = history.runs(1).at(0);
    CHECK(*run.ended >= run.started);
    CHECK(*run.ended - run.started < 30min);
    const auto attempts = history.attempts_of(AnyTask(SetClock{folder.path(), hours}).id());
    REQUIRE(attempts.size() == 2);
    for (const auto& attempt : attempts) {
        CHECK(*attempt.ended >= attempt.started);
        CHECK(*attempt.ended - attempt.started < 30min);
    }
}
