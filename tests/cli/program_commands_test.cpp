// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/toys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>

#include <regex>

namespace freshet {

namespace {

using test::contains;

/// A program with a command of its own that prints its operands and options.
class EchoProgram {
public:
    int run(const std::vector<std::string>& arguments) {
        toys.out.str("");
        toys.err.str("");
        return cli::run_program(program, toys.registry, arguments, toys.cli);
    }
    std::string output() const { return toys.out.str(); }
    std::string error_output() const { return toys.err.str(); }

    test::TestProgram toys;
    Program program{.name = "toys",
                    .version = "1",
                    .commands = {{.name = "echo",
                                  .operands = "WORD...",
                                  .help = "say it again",
                                  .options = {{"loud", "", "with a shout"}, {"times", "N", "how often"}},
                                  .run = echo},
                                 {.name = "copy",
                                  .operands = "FROM [TO]",
                                  .help = "do it again",
                                  .options = {{.name = "mode", .placeholder = "M", .help = "how", .is_required = true}},
                                  .run = [](const CommandCall& call) { return call.option<int>("mode").value(); }},
                                 {.name = "where",
                                  .help = "print a folder",
                                  .options = {{.name = "folder", .placeholder = "DIR", .is_parameter = true},
                                              {.name = "value", .placeholder = "N"}},
                                  .run = where},
                                 {.name = "count", .help = "make a number", .task = "Number"}}};

private:
    static int where(const CommandCall& call) {
        call.out << call.option("folder").value_or("nowhere") << " " << call.option("value").value_or("nothing");
        return 0;
    }

    static int echo(const CommandCall& call) {
        if (call.operands.front() == "silence") throw ParameterError("'silence' cannot be said");
        if (call.operands.front() == "tape") throw Error("read 'tape': no such device");
        call.out << fmt::format("{}{} x{}", fmt::join(call.operands, " "), call.has("loud") ? "!" : "",
                                call.option("times").value_or("1"));
        return 0;
    }
};

}  // namespace

TEST_CASE("a program command gets its operands and options in any order", "[command_line]") {
    EchoProgram program;
    CHECK(program.run({"echo", "hello", "--times", "3", "world", "--loud"}) == 0);
    CHECK(program.output() == "hello world! x3");
    CHECK(program.run({"echo", "hello", "--times=2"}) == 0);
    CHECK(program.output() == "hello x2");
}

TEST_CASE("a run without --workers makes as many attempts at once as its program says", "[command_line]") {
    EchoProgram program;
    program.program.concurrency = {.attempts = 3, .limits = {{.families = {"Number"}, .attempts = 2}}};
    const auto worker_of_run = [&](std::vector<std::string> options) {
        std::vector<std::string> arguments{"run", "Number", "--folder", program.toys.data()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        REQUIRE(program.run(arguments) == 0);
        program.run({"history", "Number", "--folder", program.toys.data(), "--value", options[1], "--json"});
        return program.output();
    };
    CHECK(contains(worker_of_run({"--value", "1"}), "workers=3"));
    CHECK(contains(worker_of_run({"--value", "2", "--workers", "1"}), "workers=1"));
    program.run({"config"});
    CHECK(std::regex_search(program.output(), std::regex("\n  workers += 3 +default")));
}

TEST_CASE("an option that is a parameter has its default in the configuration's DEFAULT", "[command_line]") {
    EchoProgram program;
    CHECK(program.run({"where"}) == 0);
    CHECK(program.output() == "nowhere nothing");
    const auto file = program.toys.config("[DEFAULT]\nfolder = \"filed\"\nvalue = 3\n");
    CHECK(program.run({"where", "--config", file}) == 0);
    CHECK(program.output() == "filed nothing");  // its other options are its own
    program.toys.cli.environment["FRESHET_DEFAULT__FOLDER"] = "mounted";
    program.run({"where", "--config", file});
    CHECK(program.output() == "mounted nothing");
    program.run({"where", "--folder", "given"});
    CHECK(program.output() == "given nothing");
    CHECK(program.run({"where", "--config", program.toys.config("[DEFAULT]\nfoldr = 1\n")}) == 78);
    CHECK(program.run({"echo", "a", "--config", file}) == 64);  // which has no parameter
}

TEST_CASE("a program command exits with 64 for a usage error and with 30 for a failure", "[command_line]") {
    EchoProgram program;
    CHECK(program.run({"echo", "silence"}) == 64);
    CHECK(program.error_output() == "toys: echo: 'silence' cannot be said\nrun 'toys echo --help' for usage\n");
    CHECK(program.run({"echo", "tape"}) == 30);
    CHECK(program.error_output() == "toys: read 'tape': no such device\n");
}

TEST_CASE("an invalid option of a program command is rejected, with the nearest one", "[command_line]") {
    EchoProgram program;
    CHECK(program.run({"echo", "a", "--lout"}) == 64);
    CHECK(contains(program.error_output(), "unknown option --lout; did you mean '--loud'?"));
    CHECK(program.run({"echo", "a", "--times"}) == 64);
    CHECK(contains(program.error_output(), "--times requires a value (N)"));
    CHECK(program.run({"echo", "a", "--loud=yes"}) == 64);
    CHECK(contains(program.error_output(), "--loud takes no value"));
    CHECK(program.run({"echo", "a", "--loud", "--loud"}) == 64);
    CHECK(contains(program.error_output(), "--loud is given twice"));
}

TEST_CASE("a wrong number of operands of a program command is a usage error", "[command_line]") {
    EchoProgram program;
    CHECK(program.run({"echo"}) == 64);
    CHECK(contains(program.error_output(), "toys: echo: at least one WORD is required\n"));
    CHECK(program.run({"copy", "--mode", "0"}) == 64);
    CHECK(contains(program.error_output(), "toys: copy: FROM is required\n"));
    CHECK(program.run({"copy", "a", "b", "c", "--mode", "0"}) == 64);
    CHECK(contains(program.error_output(), "toys: copy: unexpected argument 'c'\n"));
    CHECK(program.run({"copy", "a", "--mode", "0"}) == 0);
    CHECK(program.run({"copy", "a", "b", "--mode", "0"}) == 0);
}

TEST_CASE("a run that only registers its tasks, without a scheduler that keeps them, is a usage error",
          "[command_line]") {
    EchoProgram program;
    CHECK(program.run({"run", "Number", "--folder", program.toys.data(), "--workers", "0"}) == 64);
    CHECK(contains(program.error_output(), "a run with 0 workers only registers its tasks"));
    CHECK(program.run({"work", "--scheduler", "http://127.0.0.1:1", "--workers", "0"}) == 64);
    CHECK(contains(program.error_output(), "work: with --workers 0 it would run nothing"));
}

TEST_CASE("a missing or invalid option of a program command is a usage error that names it", "[command_line]") {
    EchoProgram program;
    CHECK(program.run({"copy", "a"}) == 64);
    CHECK(program.error_output() == "toys: copy: --mode M is required\nrun 'toys copy --help' for usage\n");
    CHECK(program.run({"copy", "a", "--mode", "x"}) == 64);
    CHECK(contains(program.error_output(), "toys: copy: --mode: 'x' is not "));
    CHECK(program.run({"copy", "a", "--mode", "7"}) == 7);
    CHECK(program.run({"copy", "--help"}) == 0);
    CHECK(contains(program.output(), "\n  --mode M                    how (required)\n"));
}

TEST_CASE("a program without tasks has only its own commands and help", "[help]") {
    EchoProgram program;
    program.toys.registry = Registry::of<>();
    for (const std::vector<std::string>& asked : {std::vector<std::string>{}, {"--help"}, {"help"}}) {
        CHECK(program.run(asked) == 0);
        CHECK(contains(program.output(), "\n  echo "));
        CHECK(contains(program.output(), "\n  help "));
        CHECK(contains(program.output(), "\n  64                          invalid command line\n"));
        for (const char* absent :
             {"\n  run ", "\n  work ", "\n  why ", "\n  config ", "tasks (", "\n  75 ", "FRESHET_"})
            CHECK(!contains(program.output(), absent));
    }
    for (const char* command : {"run", "plan", "work", "config"}) {
        CHECK(program.run({command}) == 64);
        CHECK(contains(program.error_output(), "unknown command '" + std::string(command) + "'"));
    }
    CHECK(program.run({"echo", "hello"}) == 0);
    CHECK(program.run({"help", "echo"}) == 0);
}

TEST_CASE("help shows a program command with its options", "[help]") {
    EchoProgram program;
    CHECK(program.run({"help"}) == 0);
    CHECK(contains(program.output(), "\n  echo                        say it again\n"));
    for (const std::vector<std::string>& asked : {std::vector<std::string>{"help", "echo"}, {"echo", "--help"}}) {
        CHECK(program.run(asked) == 0);
        CHECK(contains(program.output(), "usage: toys echo WORD... [OPTIONS]\n\nsay it again\n"));
        CHECK(contains(program.output(), "\n  --times N                   how often\n"));
    }
    CHECK(program.run({"ecko"}) == 64);
    CHECK(contains(program.error_output(), "unknown command 'ecko'; did you mean 'echo'?"));
}

TEST_CASE("a program command may be an alias of a task", "[command_line]") {
    const test::TempDir dir;
    EchoProgram program;
    CHECK(program.run({"count", "--folder", dir.path().string(), "--value", "7"}) == 0);
    CHECK(contains(program.output(), "Number("));
    CHECK(program.run({"count", "--valeu", "7"}) == 64);
    CHECK(contains(program.error_output(), "did you mean '--value'?"));
    for (const std::vector<std::string>& asked : {std::vector<std::string>{"help", "count"}, {"count", "--help"}}) {
        CHECK(program.run(asked) == 0);
        CHECK(contains(program.output(), "usage: toys COMMAND Number"));
    }
}

}  // namespace freshet
