// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"

#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using scheduler::Seconds;
using test::SchedulerHarness;

namespace {

std::string explanation(SchedulerHarness& harness, const std::string& task) {
    return harness.ask<Json>(rpc::Explain{task}).at("explanation").as_string();
}

}  // namespace

TEST_CASE("a running task is explained by the silence of its worker, which may be dead", "[scheduler][explanation]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    harness.gets("W");
    harness.advance(Seconds(20));
    CHECK(explanation(harness, "A_1") == "has been running since 2026-08-21T06:00:00Z (attempt 1 by W)");
    harness.advance(Seconds(20));
    CHECK(explanation(harness, "A_1") ==
          "has been running since 2026-08-21T06:00:00Z (attempt 1 by W); its worker has been silent for 40 s");
}

TEST_CASE("a worker is told the explanation and the status of a task, and null for an unknown one",
          "[scheduler][explanation]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    CHECK(harness.ask<Json>(rpc::Explain{"A_1"}).text() ==
          R"({"taskId":"A_1","status":"PENDING","explanation":"waits for a free worker"})");
    CHECK(harness.ask<Json>(rpc::Explain{"B"}).text() == R"({"taskId":"B","status":null,"explanation":null})");
}
