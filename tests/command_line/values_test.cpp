// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/values.hpp"

#include "command_line/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet {

using test::contains;
using test::ToyProgram;

TEST_CASE("the command line wins over the environment, that over the file, that over the default", "[values]") {
    ToyProgram toys;
    const auto file = toys.config("[Number]\nfolder = \"filed\"\nvalue = 1\n");
    CHECK(toys.run({"config", "Number", "--config", file}) == 0);
    CHECK(contains(toys.said(), "value      = 1      " + file + ":3"));
    toys.world.environment["FRESHET_NUMBER__VALUE"] = "2";
    toys.run({"config", "Number", "--config", file});
    CHECK(contains(toys.said(), "value      = 2      environment FRESHET_NUMBER__VALUE"));
    toys.run({"config", "Number", "--config", file, "--value", "3"});
    CHECK(contains(toys.said(), "value      = 3      command line"));
    CHECK(contains(toys.said(), "loud_voice = False  default"));
}

TEST_CASE("config shows what must be given and hides secrets", "[values]") {
    ToyProgram toys;
    toys.world.environment["FRESHET_NUMBER__TOKEN"] = "xyzzy";
    CHECK(toys.run({"config"}) == 0);
    CHECK(contains(toys.said(), "folder     = (must be given)\n"));
    CHECK(contains(toys.said(), "token      = ***"));
    CHECK(!contains(toys.said(), "xyzzy"));
}

TEST_CASE("config refuses a task that does not exist", "[values]") {
    ToyProgram toys;
    CHECK(toys.run({"config", "Nunber"}) == 64);
    CHECK(contains(toys.complained(), "there is no task called 'Nunber'; did you mean 'Number'?"));
}

TEST_CASE("a secret may lie in a file of its own", "[values]") {
    ToyProgram toys;
    LocalTarget(toys.folder / "token").write("xyzzy\n");
    toys.world.environment["FRESHET_NUMBER__TOKEN_FILE"] = (toys.folder / "token").string();
    CHECK(toys.run({"config", "Number"}) == 0);
    CHECK(contains(toys.said(), "token      = ***"));
    CHECK(contains(toys.said(),
                   "file '" + (toys.folder / "token").string() + "' (environment FRESHET_NUMBER__TOKEN_FILE)"));
}

TEST_CASE("unknown sections and keys are refused with the nearest right name", "[values]") {
    ToyProgram toys;
    const auto refused = [&](const std::string& content) {
        CHECK(toys.run({"config", "--config", toys.config(content)}) == 78);
        return toys.complained();
    };
    const std::string file = (toys.folder / "toys.toml").string();
    CHECK(refused("[Nunber]\nvalue = 1\n") ==
          "toys: " + file + ":2: unknown section 'Nunber'; did you mean 'Number'?\n");
    CHECK(refused("[Sum]\nlats = 1\n") == "toys: " + file + ":2: unknown key 'lats' in [Sum]; did you mean 'last'?\n");
    CHECK(refused("[run]\nworker = 1\n") ==
          "toys: " + file + ":2: unknown key 'worker' in [run]; did you mean 'workers'?\n");
    CHECK(refused("workers = 1\n") == "toys: " + file + ":1: key 'workers' stands in no section\n");
    CHECK(contains(refused("[[sinks]]\ntype = \"file\"\n"), "unknown table '[[sinks]]'; did you mean 'sink'?"));
}

TEST_CASE("a wrong value is refused with the place where it was given", "[values]") {
    ToyProgram toys;
    CHECK(toys.run({"plan", "Number", "--folder", "x", "--value", "many"}) == 64);
    CHECK(contains(toys.complained(), "toys: Number --value: 'many' is not a whole number\n"));
    CHECK(toys.run({"plan", "Number", "--folder", "x", "--config", toys.config("[Number]\nvalue = \"many\"\n")}) == 78);
    CHECK(contains(toys.complained(), "toys.toml:2: [Number] value: 'many' is not a whole number\n"));
    toys.world.environment["FRESHET_RUN__WORKERS"] = "0";
    CHECK(toys.run({"config"}) == 78);
    CHECK(toys.complained() ==
          "toys: environment FRESHET_RUN__WORKERS: [run] workers: '0' is not between 1 and 1024\n");
}

TEST_CASE("a required parameter that is given nowhere is named", "[values]") {
    ToyProgram toys;
    CHECK(toys.run({"plan", "Number"}) == 64);
    CHECK(contains(toys.complained(), "toys: Number --folder: must be given\n"));
}

TEST_CASE("a file that is no TOML is a configuration error with its place", "[values]") {
    ToyProgram toys;
    CHECK(toys.run({"config", "--config", toys.config("[Number\n")}) == 78);
    CHECK(contains(toys.complained(), "toys.toml"));
    CHECK(toys.run({"config", "--config", "/nowhere/toys.toml"}) == 78);
    CHECK(contains(toys.complained(), "'/nowhere/toys.toml'"));
}

}  // namespace freshet
