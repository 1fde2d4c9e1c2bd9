// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/listen_address.hpp"
#include "base/config.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using Catch::Matchers::Contains;
using daemon::ServerConfig;

TEST_CASE("names are looked up, and numbers stay", "[app]") {
    CHECK(daemon::numeric_address("localhost") == "127.0.0.1");
    CHECK(daemon::numeric_address("192.0.2.1") == "192.0.2.1");
    CHECK(daemon::numeric_address("::1") == "::1");
    CHECK(daemon::numeric_address("") == "0.0.0.0");
    CHECK_THROWS_AS(daemon::numeric_address("nowhere.invalid"), Error);
}

TEST_CASE("only this machine reaches loopback", "[app]") {
    CHECK(daemon::is_loopback("127.0.0.1"));
    CHECK(daemon::is_loopback("127.9.9.9"));
    CHECK(daemon::is_loopback("::1"));
    CHECK_FALSE(daemon::is_loopback("0.0.0.0"));
    CHECK_FALSE(daemon::is_loopback("::"));
    CHECK_FALSE(daemon::is_loopback("192.0.2.1"));
}

TEST_CASE("a scheduler that everybody may change is not shown to others, and says what to do", "[app]") {
    ServerConfig config;
    CHECK_THROWS_AS(daemon::check_exposure(config, "0.0.0.0"), ConfigError);
    CHECK_THROWS_WITH(daemon::check_exposure(config, "0.0.0.0"),
                      Contains("--token-file") && Contains("--allow-unauthenticated"));
    CHECK_NOTHROW(daemon::check_exposure(config, "127.0.0.1"));
    CHECK_NOTHROW(daemon::check_exposure(config, ""));
}

TEST_CASE("with tokens, or where it is said that others are kept out, any address will do", "[app]") {
    ServerConfig with_tokens, open;
    with_tokens.token_file = "/etc/freshetd/tokens";
    open.allow_unauthenticated = true;
    CHECK_NOTHROW(daemon::check_exposure(with_tokens, "0.0.0.0"));
    CHECK_NOTHROW(daemon::check_exposure(open, "::"));
}

TEST_CASE("test instances are for this machine alone", "[app]") {
    CHECK_NOTHROW(daemon::check_test_instances("127.0.0.1"));
    CHECK_THROWS_AS(daemon::check_test_instances("0.0.0.0"), ParameterError);
}
