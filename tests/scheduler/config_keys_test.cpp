// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/config_keys.hpp"
#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using scheduler::Config;
using scheduler::Seconds;
using scheduler::set_key;

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

TEST_CASE("an unknown key is refused with the nearest one", "[config]") {
    Config config;
    CHECK_THROWS_WITH(set_key(config, "retry_dely", "5"),
                      "[scheduler] has no key 'retry_dely'; did you mean 'retry_delay'?");
}

TEST_CASE("a value of another kind is refused with its key", "[config]") {
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

TEST_CASE("what of Luigi's section means nothing here is told apart from slips", "[config]") {
    CHECK(scheduler::replacement_of_key("state-path"));
    CHECK_FALSE(scheduler::replacement_of_key("retry_delay"));
}
