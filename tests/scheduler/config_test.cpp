// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/config.hpp"
#include "freshet/error.hpp"
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using scheduler::Config;
using scheduler::Seconds;
using scheduler::set_key;

namespace {

/// A scheduler with limits for two resources, one of which an operator changed.
struct Limited {
    SchedulerHarness harness{{.resources = {{"db", 2}, {"net", 3}}}};

    Limited() { harness.send(rpc::UpdateResource{.resource = "db", .amount = 7}); }
    const rpc::Resources& limits() const { return harness.machine.state().limits; }
};

void registers(SchedulerHarness& harness, const std::string& task) {
    harness.add({.worker = "W", .task_id = task, .resources = {{{"server", 1}}}, .family = "A"});
}

}  // namespace

TEST_CASE("keys of every kind are read from text", "[config]") {
    Config config;
    set_key(config, "retry_delay", "1.5");
    set_key(config, "retry_count", "3");
    set_key(config, "prune_on_get_work", "true");
    set_key(config, "pause_limit", "7");
    CHECK(config.retry_delay == Seconds(1.5));
    CHECK(config.retry_count == 3);
    CHECK(config.prune_on_get_work);
    CHECK(config.pause_limit == Seconds(7));
}

TEST_CASE("a key may be spelled with dashes, as old configurations do", "[config]") {
    Config config;
    set_key(config, "Remove-Delay", "5");
    CHECK(config.remove_delay == Seconds(5));
}

TEST_CASE("an unknown key is rejected with the nearest one", "[config]") {
    Config config;
    CHECK_THROWS_WITH(set_key(config, "retry_dely", "5"),
                      "[scheduler] has no key 'retry_dely'; did you mean 'retry_delay'?");
}

TEST_CASE("a value of the wrong type is rejected with its key", "[config]") {
    Config config;
    CHECK_THROWS_WITH(set_key(config, "retry_count", "many"), Catch::StartsWith("[scheduler] retry_count: 'many' is"));
    CHECK_THROWS_AS(set_key(config, "retry_delay", "inf"), ParameterError);
}

TEST_CASE("every key can be set", "[config]") {
    for (const std::string& key : scheduler::config_keys()) {
        Config config;
        const bool is_flag = key.starts_with("record") || key.starts_with("prune") || key.ends_with("enabled") ||
                             key.starts_with("send");
        INFO(key);
        CHECK_NOTHROW(set_key(config, key, is_flag ? "false" : "60"));
    }
}

TEST_CASE("keys of luigid without meaning for freshetd are told apart from misspelled ones", "[config]") {
    CHECK(scheduler::replacement_of_key("state-path"));
    CHECK_FALSE(scheduler::replacement_of_key("retry_delay"));
}

TEST_CASE_METHOD(Limited, "reconfigured limits replace the old ones", "[scheduler]") {
    harness.machine.configure({{"net", 9}, {"new", 1}}, {});
    CHECK(limits() == rpc::Resources{{"net", 9}, {"new", 1}});
}

TEST_CASE_METHOD(Limited, "an operator's override stays when the configured limit is unchanged", "[scheduler]") {
    harness.machine.configure({{"db", 2}, {"net", 4}}, {});
    CHECK(limits() == rpc::Resources{{"db", 7}, {"net", 4}});
}

TEST_CASE_METHOD(Limited, "an operator's override is dropped when the configured limit changes", "[scheduler]") {
    harness.machine.configure({{"db", 1}, {"net", 3}}, {});
    CHECK(limits() == rpc::Resources{{"db", 1}, {"net", 3}});
}

TEST_CASE_METHOD(Limited, "an operator's override is dropped when the resource becomes a rate", "[scheduler][rates]") {
    harness.machine.configure({{"db", 2}, {"net", 3}}, {"db"});
    CHECK(limits() == rpc::Resources{{"db", 2}, {"net", 3}});
}

TEST_CASE("a resource becomes a rate while the scheduler runs", "[scheduler][rates]") {
    SchedulerHarness harness{{.worker_disconnect_delay = Seconds(3600), .resources = {{"server", 9}}}};
    for (const char* task : {"A_1", "A_2", "A_3"}) registers(harness, task);
    harness.machine.configure({{"server", 2}}, {"server"});
    for (const char* task : {"A_1", "A_2"}) {
        CHECK(harness.gets("W") == task);
        harness.reports("W", task, rpc::Status::done);
    }
    CHECK(harness.gets("W").empty());
    harness.advance(Seconds(62));
    CHECK(harness.gets("W") == "A_3");
}

TEST_CASE("a rate becomes a resource while the scheduler runs", "[scheduler][rates]") {
    SchedulerHarness harness{
        {.worker_disconnect_delay = Seconds(3600), .resources = {{"server", 1}}, .rates = {"server"}}};
    for (const char* task : {"A_1", "A_2", "A_3"}) registers(harness, task);
    CHECK(harness.gets("W") == "A_1");
    harness.reports("W", "A_1", rpc::Status::done);
    harness.machine.configure({{"server", 1}}, {});
    CHECK(harness.gets("W") == "A_2");
    harness.advance(Seconds(62));
    CHECK(harness.gets("W").empty());
    harness.reports("W", "A_2", rpc::Status::done);
    CHECK(harness.gets("W") == "A_3");
}
