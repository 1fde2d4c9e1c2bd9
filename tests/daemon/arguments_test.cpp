// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/arguments.hpp"
#include "daemon/config_entries.hpp"
#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using Catch::Matchers::Contains;
using daemon::Arguments;

namespace {

Arguments parse(const std::vector<std::string>& words) {
    return daemon::parse_arguments(daemon::daemon_options(), words);
}

}  // namespace

TEST_CASE("a command line of luigid is accepted unchanged", "[daemon]") {
    const Arguments arguments = parse({"--background", "--pidfile", "/run/luigid.pid", "--logdir", "/var/log/luigi",
                                       "--state-path=/var/lib/state", "--address", "::", "--port", "8083"});
    CHECK(arguments.has("background"));
    CHECK(arguments.option("pidfile") == "/run/luigid.pid");
    CHECK(arguments.option("state-path") == "/var/lib/state");
    CHECK(arguments.option("port") == "8083");
    CHECK(arguments.operands.empty());
}

TEST_CASE("an unknown option is refused with the nearest name", "[daemon]") {
    CHECK_THROWS_WITH(parse({"--prot", "1"}), "unknown option --prot; did you mean '--port'?");
}

TEST_CASE("an option without its value is refused with the placeholder", "[daemon]") {
    CHECK_THROWS_WITH(parse({"--port"}), "--port requires a value: PORT");
    CHECK_THROWS_WITH(parse({"--port", "--background"}), "--port requires a value: PORT");
    CHECK_THROWS_WITH(parse({"--background=yes"}), "--background takes no value");
}

TEST_CASE("the last of repeated options counts", "[daemon]") {
    CHECK(parse({"--port", "1", "--port", "2"}).option("port") == "2");
}

TEST_CASE("the help names every option", "[daemon]") {
    for (const daemon::Option& option : daemon::daemon_options())
        CHECK_THAT(daemon::daemon_help(), Contains("--" + std::string(option.name)));
}
