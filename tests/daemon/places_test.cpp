// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/places.hpp"
#include "base/config.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using daemon::default_logdir;
using daemon::default_state;

TEST_CASE("a service keeps its state in the folder that systemd made for it", "[app]") {
    const Environment environment{{"STATE_DIRECTORY", "/var/lib/private/freshet:/other"}, {"HOME", "/root"}};
    CHECK(default_state(environment, false) == "/var/lib/private/freshet/freshetd.sqlite");
    CHECK(default_state(environment, true) == "/var/lib/private/freshet/freshetd.sqlite");
}

TEST_CASE("root keeps the state where the system does, a person at home", "[app]") {
    CHECK(default_state({{"HOME", "/root"}}, true) == "/var/lib/freshet/freshetd.sqlite");
    CHECK(default_state({{"HOME", "/home/ada"}}, false) == "/home/ada/.local/state/freshet/freshetd.sqlite");
    CHECK(default_state({{"XDG_STATE_HOME", "/state"}}, false) == "/state/freshet/freshetd.sqlite");
}

TEST_CASE("without a home directory the error names the option for the state", "[app]") {
    CHECK_THROWS_AS(default_state({}, false), ConfigError);
    CHECK_THROWS_WITH(default_state({}, false), Catch::Matchers::EndsWith("; use --state-path FILE"));
}

TEST_CASE("the log has its own place", "[app]") {
    CHECK(default_logdir({{"LOGS_DIRECTORY", "/var/log/freshet"}}, false) == "/var/log/freshet");
    CHECK(default_logdir({}, true) == "/var/log/freshet");
    CHECK(default_logdir({{"HOME", "/home/ada"}}, false) == "/home/ada/.local/state/freshet/log");
}
