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

TEST_CASE("a file of tokens that cannot be read is an error of the configuration", "[app]") {
    ServerSettings settings;
    settings.token_file = "/nowhere/tokens";
    CHECK_THROWS_AS(entrance_of(settings, {}), run::ConfigurationError);
}
