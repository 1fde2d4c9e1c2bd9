// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/access_config.hpp"
#include "base/files.hpp"
#include "cli/configuration_error.hpp"
#include "daemon/admin_commands.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using Catch::Matchers::Contains;
using daemon::make_access_config;
using daemon::ServerConfig;

TEST_CASE("any Host is accepted with tokens, only local names without", "[daemon]") {
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

TEST_CASE("configured host names are accepted besides the local ones", "[daemon]") {
    ServerConfig config;
    config.hosts = {"scheduler"};
    const auto hosts = make_access_config(config, {}).access.hosts;
    for (const char* name : {"scheduler", "127.0.0.1"}) CHECK(std::ranges::count(hosts, name) > 0);
}

TEST_CASE("a reload cannot remove the tokens of a running daemon", "[daemon]") {
    ServerConfig running, reloaded;
    running.token_file = "/etc/freshetd/tokens";
    for (const char* address : {"0.0.0.0", "127.0.0.1", ""}) {
        CHECK_THROWS_AS(daemon::merge_reloaded_config(running, reloaded, address), run::ConfigError);
        CHECK_THROWS_WITH(daemon::merge_reloaded_config(running, reloaded, address),
                          Contains("token_file") && Contains("requires a restart"));
    }
    reloaded.allow_unauthenticated = true;
    CHECK_THROWS_AS(daemon::merge_reloaded_config(running, reloaded, "0.0.0.0"), run::ConfigError);
}

TEST_CASE("a reload may add a token file or replace it", "[daemon]") {
    ServerConfig running, reloaded;
    reloaded.token_file = "/etc/freshetd/tokens";
    running = daemon::merge_reloaded_config(running, reloaded, "127.0.0.1");
    CHECK(running.token_file == reloaded.token_file);
    reloaded.token_file = "/etc/freshetd/others";
    CHECK(daemon::merge_reloaded_config(running, reloaded, "0.0.0.0").token_file == reloaded.token_file);
}

TEST_CASE("address and allow_unauthenticated change only after a restart", "[daemon]") {
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

TEST_CASE("an unreadable token file is a configuration error", "[daemon]") {
    ServerConfig config;
    config.token_file = "/nowhere/tokens";
    CHECK_THROWS_AS(make_access_config(config, {}), run::ConfigError);
}

TEST_CASE("host names are resolved, numeric addresses are kept", "[daemon]") {
    CHECK(daemon::numeric_address("localhost") == "127.0.0.1");
    CHECK(daemon::numeric_address("192.0.2.1") == "192.0.2.1");
    CHECK(daemon::numeric_address("::1") == "::1");
    CHECK(daemon::numeric_address("") == "0.0.0.0");
    CHECK_THROWS_AS(daemon::numeric_address("nowhere.invalid"), Error);
}

TEST_CASE("loopback addresses are recognized", "[daemon]") {
    CHECK(daemon::is_loopback("127.0.0.1"));
    CHECK(daemon::is_loopback("127.9.9.9"));
    CHECK(daemon::is_loopback("::1"));
    CHECK_FALSE(daemon::is_loopback("0.0.0.0"));
    CHECK_FALSE(daemon::is_loopback("::"));
    CHECK_FALSE(daemon::is_loopback("192.0.2.1"));
}

TEST_CASE("listening beyond loopback without authentication is refused with the options that help", "[daemon]") {
    ServerConfig config;
    CHECK_THROWS_AS(daemon::check_exposure(config, "0.0.0.0"), run::ConfigError);
    CHECK_THROWS_WITH(daemon::check_exposure(config, "0.0.0.0"),
                      Contains("--token-file") && Contains("--allow-unauthenticated"));
    CHECK_NOTHROW(daemon::check_exposure(config, "127.0.0.1"));
    CHECK_NOTHROW(daemon::check_exposure(config, ""));
}

TEST_CASE("any address is allowed with tokens or --allow-unauthenticated", "[daemon]") {
    ServerConfig with_tokens, open;
    with_tokens.token_file = "/etc/freshetd/tokens";
    open.allow_unauthenticated = true;
    CHECK_NOTHROW(daemon::check_exposure(with_tokens, "0.0.0.0"));
    CHECK_NOTHROW(daemon::check_exposure(open, "::"));
}

TEST_CASE("test instances are refused beyond loopback", "[daemon]") {
    CHECK_NOTHROW(daemon::check_test_instances("127.0.0.1"));
    CHECK_THROWS_AS(daemon::check_test_instances("0.0.0.0"), ParameterError);
}
