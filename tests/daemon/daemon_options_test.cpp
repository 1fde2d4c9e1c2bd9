// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon_options.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using Catch::Matchers::Contains;

namespace {

cli::Arguments parse(const std::vector<std::string>& words) { return daemon::parse_daemon_arguments(words); }

}  // namespace

TEST_CASE("a command line of luigid's is understood as it is", "[app]") {
    const cli::Arguments arguments =
        parse({"--background", "--pidfile", "/run/luigid.pid", "--logdir", "/var/log/luigi",
               "--state-path=/var/lib/state", "--address", "::", "--port", "8083"});
    CHECK(arguments.has("background"));
    CHECK(arguments.option("pidfile") == "/run/luigid.pid");
    CHECK(arguments.option("state-path") == "/var/lib/state");
    CHECK(arguments.option("port") == "8083");
    CHECK(arguments.operands.empty());
}

TEST_CASE("an option that luigid does not have gets the nearest name", "[app]") {
    CHECK_THROWS_WITH(parse({"--prot", "1"}), "unknown option --prot; did you mean '--port'?");
}

TEST_CASE("an option without its value says what it needs", "[app]") {
    CHECK_THROWS_WITH(parse({"--port"}), "--port needs a value (PORT)");
    CHECK_THROWS_WITH(parse({"--port", "--background"}), "--port needs a value (PORT)");
    CHECK_THROWS_WITH(parse({"--background=yes"}), "--background takes no value");
}

TEST_CASE("of an option given twice the last one counts", "[app]") {
    CHECK(parse({"--port", "1", "--port", "2"}).option("port") == "2");
}

TEST_CASE("the help names every option", "[app]") {
    for (const cli::Option& option : daemon::daemon_options())
        CHECK_THAT(daemon::daemon_help(), Contains("--" + std::string(option.name)));
}
