// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/access.hpp"
#include "app/token_file.hpp"
#include "base/files.hpp"
#include "run/configuration_error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using app::entrance_of;
using app::ServerSettings;
using Catch::Matchers::Contains;

TEST_CASE("with tokens the scheduler answers to any name, without to its own", "[app]") {
    const test::TempDir dir;
    const auto token = app::new_token("ada", "operate");
    app::add_token_line(dir / "tokens", token);
    ServerSettings settings;
    CHECK(std::ranges::count(entrance_of(settings, {}).access.hosts, "*") == 0);
    settings.token_file = dir / "tokens";
    const auto entrance = entrance_of(settings, {});
    CHECK(entrance.access.hosts == std::vector<std::string>{"*"});
    REQUIRE(entrance.tokens.find(token.secret));
    CHECK(entrance.tokens.find(token.secret)->name == "ada");
}

TEST_CASE("names that are given count besides the machine's own", "[app]") {
    ServerSettings settings;
    settings.hosts = {"scheduler"};
    const auto hosts = entrance_of(settings, {}).access.hosts;
    for (const char* name : {"scheduler", "127.0.0.1"}) CHECK(std::ranges::count(hosts, name) > 0);
}

TEST_CASE("no reload takes away the tokens of a daemon that runs with them", "[app]") {
    ServerSettings running, told;
    running.token_file = "/etc/freshetd/tokens";
    for (const char* address : {"0.0.0.0", "127.0.0.1", ""}) {
        CHECK_THROWS_AS(app::reloaded(running, told, address), run::ConfigurationError);
        CHECK_THROWS_WITH(app::reloaded(running, told, address), Contains("token_file") && Contains("start"));
    }
    told.allow_unauthenticated = true;
    CHECK_THROWS_AS(app::reloaded(running, told, "0.0.0.0"), run::ConfigurationError);
}

TEST_CASE("a reload may bring tokens, and another file of them", "[app]") {
    ServerSettings running, told;
    told.token_file = "/etc/freshetd/tokens";
    running = app::reloaded(running, told, "127.0.0.1");
    CHECK(running.token_file == told.token_file);
    told.token_file = "/etc/freshetd/others";
    CHECK(app::reloaded(running, told, "0.0.0.0").token_file == told.token_file);
}

TEST_CASE("where it listens, and whether everybody may call, is as the daemon was started", "[app]") {
    ServerSettings running, told;
    running.address = "127.0.0.1";
    told.address = "scheduler.example";
    told.allow_unauthenticated = true;
    told.hosts = {"scheduler"};
    const ServerSettings after = app::reloaded(running, told, "127.0.0.1");
    CHECK(after.address == "127.0.0.1");
    CHECK_FALSE(after.allow_unauthenticated);
    CHECK(after.hosts == told.hosts);
    running.allow_unauthenticated = true;
    told.allow_unauthenticated = false;
    CHECK(app::reloaded(running, told, "0.0.0.0").allow_unauthenticated);
}

TEST_CASE("a file of tokens that cannot be read is an error of the configuration", "[app]") {
    ServerSettings settings;
    settings.token_file = "/nowhere/tokens";
    CHECK_THROWS_AS(entrance_of(settings, {}), run::ConfigurationError);
}
