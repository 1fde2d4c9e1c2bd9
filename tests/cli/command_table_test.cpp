// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_table.hpp"

#include "cli/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet::cli {

namespace {

ParsedCommand parse_line(const std::vector<std::string>& arguments) {
    static const Registry registry = test::toy_registry();
    return parse_command(arguments, registry, pipeline_commands(registry));
}

std::string parse_error(const std::vector<std::string>& arguments) {
    try {
        parse_line(arguments);
    } catch (const ParameterError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("a parameter value follows its flag or an equals sign", "[command_table]") {
    const auto parsed = parse_line({"run", "Number", "--folder", "here", "--value=-4"});
    CHECK(parsed.command->name == "run");
    CHECK(parsed.type->family == "Number");
    CHECK(parsed.parameters == Values{{"folder", "here"}, {"value", "-4"}});
}

TEST_CASE("the arguments that others see have neither a secret nor the password of an address", "[command_table]") {
    CHECK(parse_line({"run", "Number", "--token", "xyzzy", "--value=7"}).arguments ==
          std::vector<std::string>{"run", "Number", "--token", "***", "--value=7"});
    CHECK(parse_line({"run", "--scheduler=http://me:xyzzy@host:1", "Number", "--token=xyzzy"}).arguments ==
          std::vector<std::string>{"run", "--scheduler=http://host:1", "Number", "--token=***"});
    CHECK(parse_line({"run", "--scheduler", "http://me:xyzzy@host:1", "Number"}).arguments ==
          std::vector<std::string>{"run", "--scheduler", "http://host:1", "Number"});
    CHECK(parse_line({"run", "Number", "--token", "xyzzy"}).parameters == Values{{"token", "xyzzy"}});
}

TEST_CASE("a parameter after the name of a class is meant for all tasks of the class", "[command_table]") {
    const auto parsed = parse_line({"run", "Sum", "--Number-loud-voice", "--last", "2", "--Number-token", "xyzzy"});
    CHECK(parsed.parameters == Values{{"last", "2"}});
    CHECK(parsed.class_parameters.at("Number") == Values{{"loud_voice", "True"}, {"token", "xyzzy"}});
    CHECK(parsed.arguments.back() == "***");
    CHECK(parse_error({"run", "Sum", "--Number-vaule", "1"}) ==
          "unknown option --Number-vaule; did you mean '--Number-value'?");
    CHECK(parse_error({"run", "Sum", "--Number-value", "1", "--Number-value", "1"}) == "Number-value is given twice");
    CHECK(parse_error({"deliver", "--Number-value", "1"}) == "unknown option --Number-value");
}

TEST_CASE("a negative number is a value, not a flag", "[command_table]") {
    CHECK(parse_line({"run", "Number", "--value", "-4"}).parameters == Values{{"value", "-4"}});
}

TEST_CASE("a bool flag needs no value, and may have dashes or underscores", "[command_table]") {
    CHECK(parse_line({"run", "Number", "--loud-voice"}).parameters == Values{{"loud_voice", "True"}});
    CHECK(parse_line({"run", "Number", "--loud_voice", "--value", "1"}).parameters ==
          Values{{"loud_voice", "True"}, {"value", "1"}});
    CHECK(parse_line({"run", "Number", "--loud-voice", "false"}).parameters == Values{{"loud_voice", "false"}});
    CHECK(parse_line({"run", "Number", "--loud-voice=false"}).parameters == Values{{"loud_voice", "false"}});
}

TEST_CASE("built-in options may precede or follow the task", "[command_table]") {
    CHECK(parse_line({"run", "--workers", "3", "Number"}).option("workers") == "3");
    CHECK(parse_line({"run", "Number", "--workers=3"}).option("workers") == "3");
}

TEST_CASE("an unknown flag is rejected with the nearest one", "[command_table]") {
    CHECK(parse_error({"run", "Number", "--valeu", "1"}) == "unknown option --valeu; did you mean '--value'?");
    CHECK(parse_error({"run", "--worker", "1"}) == "unknown option --worker; did you mean '--workers'?");
}

TEST_CASE("an option of another command is rejected", "[command_table]") {
    CHECK(parse_error({"plan", "Number", "--tempfail-ok"}) == "unknown option --tempfail-ok");
}

TEST_CASE("an unknown task or command is rejected with the nearest one", "[command_table]") {
    CHECK(parse_error({"run", "Nunber"}) == "there is no task called 'Nunber'; did you mean 'Number'?");
    CHECK(parse_error({"rnu", "Number"}) == "unknown command 'rnu'; did you mean 'run'?");
    CHECK(parse_error({"Number"}) == "unknown command 'Number'; did you mean 'run Number'?");
}

TEST_CASE("a repeated parameter, option or operand is rejected", "[command_table]") {
    CHECK(parse_error({"run", "Number", "--value", "1", "--value=1"}) == "Number --value is given twice");
    CHECK(parse_error({"run", "--workers", "1", "Number", "--workers", "2"}) == "--workers is given twice");
    CHECK(parse_error({"run", "Number", "Sum"}) == "unexpected argument 'Sum'");
}

TEST_CASE("a missing value is rejected with an example", "[command_table]") {
    CHECK(parse_error({"run", "Number", "--value"}) == "Number --value requires a value (for example '3')");
    CHECK(parse_error({"run", "Number", "--value", "--loud-voice"}) ==
          "Number --value requires a value (for example '3')");
    CHECK(parse_error({"run", "--dot=1"}) == "unknown option --dot");
    CHECK(parse_error({"tree", "--dot=1"}) == "--dot takes no value");
}

TEST_CASE("a reference may be a task id", "[command_table]") {
    const auto parsed = parse_line({"why", "Number_here_4_0123456789"});
    CHECK(parsed.operand == "Number_here_4_0123456789");
    CHECK(parsed.type == nullptr);
}

TEST_CASE("an option that a program without tasks does not have is a parameter of the task before it",
          "[command_table]") {
    constexpr Command commands[] = {{"why", Operand::reference, "", {"json"}, why_command}};
    constexpr Option options[] = {{"json", "", ""}, {"help", "", ""}};
    const CommandTable table{.commands = commands, .options = options};
    const auto parse = [&](const std::vector<std::string>& arguments) {
        return parse_command(arguments, Registry::of<>(), table);
    };
    const auto parsed = parse({"why", "Report", "--first-day", "2026-08-21", "--loud", "--json"});
    CHECK(parsed.operand == "Report");
    CHECK(parsed.parameters == Values{{"first_day", "2026-08-21"}, {"loud", "True"}});
    CHECK(parsed.has("json"));
    CHECK_THROWS_AS(parse({"why", "--day", "2026-08-21"}), ParameterError);
    CHECK_THROWS_AS(parse({"why", "Report", "--day", "1", "--day=2"}), ParameterError);
}

}  // namespace freshet::cli
