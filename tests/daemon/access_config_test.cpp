// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/access_config.hpp"
#include "base/files.hpp"
#include "base/config.hpp"
#include "daemon/token_file.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using Catch::Matchers::Contains;
using daemon::make_access_config;
using daemon::ServerConfig;

TEST_CASE("with tokens the scheduler answers to any name, without to its own", "[app]") {
    const test::TempDir dir;
    const auto token = daemon::new_token("ada", "operate");
    daemon::add_token_line(dir / "tokens", token);
    ServerConfig config;
    CHECK(std::ranges::count(make_access_config(config, {}).access.hosts, "*") == 0);
    config.token_file = dir / "tokens";
    const auto access_config = make_access_config(config, {});
    CHECK(access_config.access.hosts == std::vector<std::string>{"*"});
    REQUIRE(access_config.tokens.find(token.secret));
    CHECK(access_config.tokens.find(token.secret)->name == "ada");
}

TEST_CASE("names that are given count besides the machine's own", "[app]") {
    ServerConfig config;
    config.hosts = {"scheduler"};
    const auto hosts = make_access_config(config, {}).access.hosts;
    for (const char* name : {"scheduler", "127.0.0.1"}) CHECK(std::ranges::count(hosts, name) > 0);
}

TEST_CASE("no reload takes away the tokens of a daemon that runs with them", "[app]") {
    ServerConfig running, reloaded;
    running.token_file = "/etc/freshetd/tokens";
    for (const char* address : {"0.0.0.0", "127.0.0.1", ""}) {
        CHECK_THROWS_AS(daemon::merge_reloaded_config(running, reloaded, address), ConfigError);
        CHECK_THROWS_WITH(daemon::merge_reloaded_config(running, reloaded, address),
                          Contains("token_file") && Contains("start"));
    }
    reloaded.allow_unauthenticated = true;
    CHECK_THROWS_AS(daemon::merge_reloaded_config(running, reloaded, "0.0.0.0"), ConfigError);
}

TEST_CASE("a reload may bring tokens, and another file of them", "[app]") {
    ServerConfig running, reloaded;
    reloaded.token_file = "/etc/freshetd/tokens";
    running = daemon::merge_reloaded_config(running, reloaded, "127.0.0.1");
    CHECK(running.token_file == reloaded.token_file);
    reloaded.token_file = "/etc/freshetd/others";
    CHECK(daemon::merge_reloaded_config(running, reloaded, "0.0.0.0").token_file == reloaded.token_file);
}

TEST_CASE("where it listens, and whether everybody may call, is as the daemon was started", "[app]") {
    ServerConfig running, reloaded;
    running.address = "127.0.0.1";
    reloaded.address = "scheduler.example";
    reloaded.allow_unauthenticated = true;
    reloaded.hosts = {"scheduler"};
    const ServerConfig after = daemon::merge_reloaded_config(running, reloaded, "127.0.0.1");
    CHECK(after.address == "127.0.0.1");
    CHECK_FALSE(after.allow_unauthenticated);
    CHECK(after.hosts == reloaded.hosts);
    running.allow_unauthenticated = true;
    reloaded.allow_unauthenticated = false;
    CHECK(daemon::merge_reloaded_config(running, reloaded, "0.0.0.0").allow_unauthenticated);
}

TEST_CASE("a file of tokens that cannot be read is an error of the configuration", "[app]") {
    ServerConfig config;
    config.token_file = "/nowhere/tokens";
    CHECK_THROWS_AS(make_access_config(config, {}), ConfigError);
}
