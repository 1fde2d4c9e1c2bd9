// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/listening.hpp"
#include "run/configuration_error.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using app::ServerSettings;
using Catch::Matchers::Contains;

TEST_CASE("names are looked up, and numbers stay", "[app]") {
    CHECK(app::numeric_address("localhost") == "127.0.0.1");
    CHECK(app::numeric_address("192.0.2.1") == "192.0.2.1");
    CHECK(app::numeric_address("::1") == "::1");
    CHECK(app::numeric_address("") == "0.0.0.0");
    CHECK_THROWS_AS(app::numeric_address("nowhere.invalid"), Error);
}

TEST_CASE("only this machine reaches loopback", "[app]") {
    CHECK(app::is_loopback("127.0.0.1"));
    CHECK(app::is_loopback("127.9.9.9"));
    CHECK(app::is_loopback("::1"));
    CHECK_FALSE(app::is_loopback("0.0.0.0"));
    CHECK_FALSE(app::is_loopback("::"));
    CHECK_FALSE(app::is_loopback("192.0.2.1"));
}

TEST_CASE("a scheduler that everybody may change is not shown to others, and says what to do", "[app]") {
    ServerSettings settings;
    CHECK_THROWS_AS(app::check_exposure(settings, "0.0.0.0"), run::ConfigurationError);
    CHECK_THROWS_WITH(app::check_exposure(settings, "0.0.0.0"),
                      Contains("--token-file") && Contains("--allow-unauthenticated"));
    CHECK_NOTHROW(app::check_exposure(settings, "127.0.0.1"));
    CHECK_NOTHROW(app::check_exposure(settings, ""));
}

TEST_CASE("with tokens, or where it is said that others are kept out, any address will do", "[app]") {
    ServerSettings with_tokens, open;
    with_tokens.token_file = "/etc/freshetd/tokens";
    open.allow_unauthenticated = true;
    CHECK_NOTHROW(app::check_exposure(with_tokens, "0.0.0.0"));
    CHECK_NOTHROW(app::check_exposure(open, "::"));
}

TEST_CASE("test instances are for this machine alone", "[app]") {
    CHECK_NOTHROW(app::check_test_instances("127.0.0.1"));
    CHECK_THROWS_AS(app::check_test_instances("0.0.0.0"), ParameterError);
}
