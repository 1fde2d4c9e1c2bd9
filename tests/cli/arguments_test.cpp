// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

namespace freshet::cli {

namespace {

constexpr Option options[] = {
    {"loud", "", "shout"},
    {"times", "N", "how often"},
    {"help", "", "show this help"},
};

Arguments parse(const std::vector<std::string>& arguments, Repetition repetition = Repetition::rejected) {
    return parse_arguments(options, arguments, repetition);
}

}  // namespace

TEST_CASE("the number of operands must fit their usage", "[arguments]") {
    const auto error_of = [](std::string_view usage, const std::vector<std::string>& operands) -> std::string {
        try {
            check_operands(usage, operands);
        } catch (const ParameterError& error) {
            return error.what();
        }
        return "none";
    };
    CHECK(error_of("", {}) == "none");
    CHECK(error_of("", {"a"}) == "unexpected argument 'a'");
    CHECK(error_of("FOLDER FILE", {"a", "b"}) == "none");
    CHECK(error_of("FOLDER FILE", {"a"}) == "FILE is required");
    CHECK(error_of("FOLDER FILE", {"a", "b", "c", "d"}) == "unexpected argument 'c'");
    CHECK(error_of("FOLDER [FILE]", {"a"}) == "none");
    CHECK(error_of("FOLDER [FILE]", {}) == "FOLDER is required");
    CHECK(error_of("FOLDER FILE...", {"a"}) == "at least one FILE is required");
    CHECK(error_of("FOLDER FILE...", {"a", "b", "c"}) == "none");
    CHECK(error_of("[FILE...]", {}) == "none");
    CHECK(error_of("[FILE...]", {"a", "b"}) == "none");
}

TEST_CASE("options and operands may be mixed", "[arguments]") {
    const Arguments arguments = parse({"one", "--times", "3", "two", "--loud"});
    CHECK(arguments.operands == std::vector<std::string>{"one", "two"});
    CHECK(arguments.option("times") == "3");
    CHECK(arguments.has("loud"));
    CHECK(!arguments.has("help"));
}

TEST_CASE("a value follows the option or an equals sign", "[arguments]") {
    CHECK(parse({"--times=3=4"}).option("times") == "3=4");
    CHECK(parse({"--times="}).option("times") == "");
    CHECK(parse({"--times", "-4"}).option("times") == "-4");
}

TEST_CASE("the option -h is short for --help", "[arguments]") { CHECK(parse({"-h"}).has("help")); }

TEST_CASE("an unknown option is rejected with the nearest one", "[arguments]") {
    CHECK_THROWS_WITH(parse({"--lout"}), "unknown option --lout; did you mean '--loud'?");
}

TEST_CASE("a missing or unexpected value is rejected", "[arguments]") {
    CHECK_THROWS_WITH(parse({"--times"}), "--times requires a value (N)");
    CHECK_THROWS_WITH(parse({"--times", "--loud"}), "--times requires a value (N)");
    CHECK_THROWS_WITH(parse({"--loud=yes"}), "--loud takes no value");
}

TEST_CASE("a repeated option is rejected, or the last one wins", "[arguments]") {
    const std::vector<std::string> repeated{"--times", "1", "--times", "2"};
    CHECK_THROWS_WITH(parse(repeated), "--times is given twice");
    CHECK(parse(repeated, Repetition::last_wins).option("times") == "2");
}

TEST_CASE("help shows each option with its meaning in the second column", "[arguments]") {
    CHECK(help_on(options) ==
          "  --loud                      shout\n"
          "  --times N                   how often\n"
          "  --help                      show this help\n");
    CHECK(help_row("a name that is longer than its column", "b") ==
          "  a name that is longer than its column\n                              b\n");
}

}  // namespace freshet::cli
