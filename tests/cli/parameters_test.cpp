// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/parameters.hpp"

#include "cli/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet {

using test::contains;
using test::TestProgram;

TEST_CASE("the command line wins over the environment, that over the file, that over the default", "[values]") {
    TestProgram toys;
    const auto file = toys.config("[Number]\nfolder = \"filed\"\nvalue = 1\n");
    CHECK(toys.run({"config", "Number", "--config", file}) == 0);
    CHECK(contains(toys.output(), "value      = 1      " + file + ":3"));
    toys.cli.environment["FRESHET_NUMBER__VALUE"] = "2";
    toys.run({"config", "Number", "--config", file});
    CHECK(contains(toys.output(), "value      = 2      environment FRESHET_NUMBER__VALUE"));
    toys.run({"config", "Number", "--config", file, "--value", "3"});
    CHECK(contains(toys.output(), "value      = 3      command line"));
    CHECK(contains(toys.output(), "loud_voice = False  default"));
}

TEST_CASE("config shows what must be given and hides secrets", "[values]") {
    TestProgram toys;
    toys.cli.environment["FRESHET_NUMBER__TOKEN"] = "xyzzy";
    CHECK(toys.run({"config"}) == 0);
    CHECK(contains(toys.output(), "folder     = (must be given)\n"));
    CHECK(contains(toys.output(), "token      = ***"));
    CHECK(!contains(toys.output(), "xyzzy"));
}

TEST_CASE("config refuses a task that does not exist", "[values]") {
    TestProgram toys;
    CHECK(toys.run({"config", "Nunber"}) == 64);
    CHECK(contains(toys.error_output(), "there is no task called 'Nunber'; did you mean 'Number'?"));
}

TEST_CASE("a secret may lie in a file of its own", "[values]") {
    TestProgram toys;
    LocalTarget(toys.folder / "token").write("xyzzy\n");
    toys.cli.environment["FRESHET_NUMBER__TOKEN_FILE"] = (toys.folder / "token").string();
    CHECK(toys.run({"config", "Number"}) == 0);
    CHECK(contains(toys.output(), "token      = ***"));
    CHECK(contains(toys.output(),
                   "file '" + (toys.folder / "token").string() + "' (environment FRESHET_NUMBER__TOKEN_FILE)"));
}

TEST_CASE("unknown sections and keys are refused with the nearest right name", "[values]") {
    TestProgram toys;
    const auto rejected = [&](const std::string& content) {
        CHECK(toys.run({"config", "--config", toys.config(content)}) == 78);
        return toys.error_output();
    };
    const std::string file = (toys.folder / "toys.toml").string();
    CHECK(rejected("[Nunber]\nvalue = 1\n") ==
          "toys: " + file + ":2: unknown section 'Nunber'; did you mean 'Number'?\n");
    CHECK(rejected("[Sum]\nlats = 1\n") == "toys: " + file + ":2: unknown key 'lats' in [Sum]; did you mean 'last'?\n");
    CHECK(rejected("[run]\nworker = 1\n") ==
          "toys: " + file + ":2: unknown key 'worker' in [run]; did you mean 'workers'?\n");
    CHECK(rejected("workers = 1\n") == "toys: " + file + ":1: key 'workers' stands in no section\n");
    CHECK(contains(rejected("[[sinks]]\ntype = \"file\"\n"), "unknown table '[[sinks]]'; did you mean 'sink'?"));
}

TEST_CASE("a wrong value is refused with the place where it was given", "[values]") {
    TestProgram toys;
    CHECK(toys.run({"plan", "Number", "--folder", "x", "--value", "many"}) == 64);
    CHECK(contains(toys.error_output(), "toys: Number --value: 'many' is not a whole number\n"));
    CHECK(toys.run({"plan", "Number", "--folder", "x", "--config", toys.config("[Number]\nvalue = \"many\"\n")}) == 78);
    CHECK(contains(toys.error_output(), "toys.toml:2: [Number] value: 'many' is not a whole number\n"));
    toys.cli.environment["FRESHET_RUN__WORKERS"] = "0";
    CHECK(toys.run({"config"}) == 78);
    CHECK(toys.error_output() ==
          "toys: environment FRESHET_RUN__WORKERS: [run] workers: '0' is not between 1 and 1024\n");
}

TEST_CASE("a required parameter that is given nowhere is named", "[values]") {
    TestProgram toys;
    CHECK(toys.run({"plan", "Number"}) == 64);
    CHECK(contains(toys.error_output(), "toys: Number --folder: must be given\n"));
}

TEST_CASE("a file that is no TOML is a configuration error with its place", "[values]") {
    TestProgram toys;
    CHECK(toys.run({"config", "--config", toys.config("[Number\n")}) == 78);
    CHECK(contains(toys.error_output(), "toys.toml"));
    CHECK(toys.run({"config", "--config", "/nowhere/toys.toml"}) == 78);
    CHECK(contains(toys.error_output(), "'/nowhere/toys.toml'"));
}

}  // namespace freshet
