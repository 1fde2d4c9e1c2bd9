// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "cli/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet::run {

namespace {

ParsedArguments parse_line(const std::vector<std::string>& arguments) {
    static const Registry registry = test::toy_registry();
    return parse_arguments(arguments, registry);
}

std::string parse_error(const std::vector<std::string>& arguments) {
    try {
        parse_line(arguments);
    } catch (const ParameterError& error) {
        return error.what();
    }
    return "nothing was refused";
}

}  // namespace

TEST_CASE("a parameter's value stands after its flag or after an equals sign", "[options]") {
    const auto parsed = parse_line({"run", "Number", "--folder", "here", "--value=-4"});
    CHECK(parsed.command->name == "run");
    CHECK(parsed.type->family == "Number");
    CHECK(parsed.parameters == Values{{"folder", "here"}, {"value", "-4"}});
}

TEST_CASE("a negative number is a value, not a flag", "[options]") {
    CHECK(parse_line({"run", "Number", "--value", "-4"}).parameters == Values{{"value", "-4"}});
}

TEST_CASE("a bool's flag may stand alone, with a value, and with dashes or underscores", "[options]") {
    CHECK(parse_line({"run", "Number", "--loud-voice"}).parameters == Values{{"loud_voice", "True"}});
    CHECK(parse_line({"run", "Number", "--loud_voice", "--value", "1"}).parameters ==
          Values{{"loud_voice", "True"}, {"value", "1"}});
    CHECK(parse_line({"run", "Number", "--loud-voice", "false"}).parameters == Values{{"loud_voice", "false"}});
    CHECK(parse_line({"run", "Number", "--loud-voice=false"}).parameters == Values{{"loud_voice", "false"}});
}

TEST_CASE("options of Freshet's own stand before or after the task", "[options]") {
    CHECK(parse_line({"run", "--workers", "3", "Number"}).option("workers") == "3");
    CHECK(parse_line({"run", "Number", "--workers=3"}).option("workers") == "3");
}

TEST_CASE("an unknown flag is refused with the nearest right one", "[options]") {
    CHECK(parse_error({"run", "Number", "--valeu", "1"}) == "unknown option --valeu; did you mean '--value'?");
    CHECK(parse_error({"run", "--worker", "1"}) == "unknown option --worker; did you mean '--workers'?");
}

TEST_CASE("an option of another command is refused", "[options]") {
    CHECK(parse_error({"plan", "Number", "--tempfail-ok"}) == "unknown option --tempfail-ok");
}

TEST_CASE("an unknown task or command is refused with the nearest right one", "[options]") {
    CHECK(parse_error({"run", "Nunber"}) == "there is no task called 'Nunber'; did you mean 'Number'?");
    CHECK(parse_error({"rnu", "Number"}) == "there is no command 'rnu'; did you mean 'run'?");
    CHECK(parse_error({"Number"}) == "there is no command 'Number'; did you mean 'run Number'?");
}

TEST_CASE("what is given twice is refused", "[options]") {
    CHECK(parse_error({"run", "Number", "--value", "1", "--value=1"}) == "Number --value: given twice");
    CHECK(parse_error({"run", "--workers", "1", "Number", "--workers", "2"}) == "--workers: given twice");
    CHECK(parse_error({"run", "Number", "Sum"}) == "'Sum': nothing is expected here");
}

TEST_CASE("a missing value is refused with an example", "[options]") {
    CHECK(parse_error({"run", "Number", "--value"}) == "Number --value: needs a value, like '3'");
    CHECK(parse_error({"run", "Number", "--value", "--loud-voice"}) == "Number --value: needs a value, like '3'");
    CHECK(parse_error({"run", "--dot=1"}) == "unknown option --dot");
    CHECK(parse_error({"tree", "--dot=1"}) == "--dot: takes no value");
}

TEST_CASE("a reference may be an id", "[options]") {
    const auto parsed = parse_line({"why", "Number_here_4_0123456789"});
    CHECK(parsed.operand == "Number_here_4_0123456789");
    CHECK(parsed.type == nullptr);
}

}  // namespace freshet::run
