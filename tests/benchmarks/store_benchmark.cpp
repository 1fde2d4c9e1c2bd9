// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/tables.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>

namespace store = freshet::store;
using freshet::test::FakeClock;

namespace {

constexpr int tasks = 10'000;
constexpr int batch = 100;

std::string id_of(int number) { return "ConvertToNetcdf_2026_08_21T06_" + std::to_string(number) + "_1f0a9c3b7d"; }

store::TaskRow task(int number, const std::string& status) {
    return {.task_id = id_of(number),
            .family = "ConvertToNetcdf",
            .params = R"({"cycle":"2026-08-21T06","lead":"6","root":"/data"})",
            .status = status,
            .updated = FakeClock::start,
            .record = std::string(500, 'r')};
}

void start(store::StateTables& tables, int number) {
    tables.start_attempt(
        {.run_id = "run", .task_id = id_of(number), .number = 1, .worker = "worker", .started = FakeClock::start});
}

void end(store::StateTables& tables, int number) {
    tables.end_attempt({.task_id = id_of(number), .worker = "worker", .ended = FakeClock::start, .status = "DONE"});
}

/// Calls `change` for each task, one transaction a batch.
template <class Change>
void in_batches(store::StateFile& state, Change&& change) {
    for (int first = 0; first < tasks; first += batch) {
        auto transaction = state.begin();
        for (int number = first; number < first + batch; ++number) change(number);
        transaction.commit(store::Durability::power_cut);
    }
}

}  // namespace

TEST_CASE("10,000 tasks pass through the journal on a memory filesystem", "[benchmark]") {
    const auto path = std::filesystem::path("/dev/shm") / ("freshet-benchmark-" + std::to_string(getpid()));
    const freshet::SystemClock clock;
    const auto began = clock.steady_now();
    {
        auto state = store::StateFile::open_exclusive(path, store::this_process("benchmark", FakeClock::start));
        store::StateTables tables(state);
        in_batches(state, [&](int number) { tables.upsert_task(task(number, "PENDING")); });
        in_batches(state, [&](int number) {
            tables.upsert_task(task(number, "RUNNING"));
            start(tables, number);
        });
        in_batches(state, [&](int number) {
            tables.upsert_task(task(number, "DONE"));
            end(tables, number);
        });
        in_batches(state, [&](int number) {
            for (const auto* status : {"PENDING", "RUNNING", "DONE"})
                tables.add_history({.at = FakeClock::start, .task_id = id_of(number), .status = status});
        });
    }
    const std::chrono::duration<double> took = clock.steady_now() - began;
    std::cout << "30,000 upserts, 10,000 attempts and 30,000 state changes in 400 commits: " << took.count() << " s\n";
    for (const auto* ending : {"", ".lock"}) std::filesystem::remove(path.string() + ending);
}
