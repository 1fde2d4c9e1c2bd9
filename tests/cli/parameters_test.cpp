// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/parameters.hpp"

#include "cli/toys.hpp"

#include <catch2/catch.hpp>

namespace freshet {

using test::contains;
using test::TestProgram;

namespace {

/// Has a secret that is not any text.
struct Safe {
    int pin = 0;
    static constexpr Parameter parameters[] = {param<&Safe::pin>("what opens it").secret()};
    bool complete() const { return false; }
    void run() const {}
};

}  // namespace

TEST_CASE("the command line overrides the environment, that the file, that the default", "[parameters]") {
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

TEST_CASE("a value in DEFAULT holds for every task with the parameter, unless its own section has one",
          "[parameters]") {
    TestProgram toys;
    const auto file = toys.config("[DEFAULT]\nfolder = \"everywhere\"\nvalue = 1\n[Sum]\nfolder = \"here\"\n");
    CHECK(toys.run({"config", "--config", file}) == 0);
    const auto lines_with = [&](const std::string& text) {
        std::size_t count = 0;
        for (std::size_t at = 0; (at = toys.output().find(text, at)) != std::string::npos; ++at) ++count;
        return count;
    };
    CHECK(lines_with("everywhere") == 6);  // of the seven families with a folder
    CHECK(lines_with("= here  ") == 1);
    CHECK(contains(toys.output(), "value      = 1           " + file + ":3"));
    toys.cli.environment["FRESHET_DEFAULT__FOLDER"] = "mounted";
    toys.run({"config", "--config", file});
    CHECK(lines_with("mounted") == 6);
    CHECK(contains(toys.output(), "environment FRESHET_DEFAULT__FOLDER"));
    CHECK(lines_with("= here  ") == 1);  // a task's own section goes before
    toys.run({"config", "Sum", "--config", file, "--folder", "there"});
    CHECK(contains(toys.output(), "folder = there  command line"));
}

TEST_CASE("a secret of all tasks may be read from a file", "[parameters]") {
    TestProgram toys;
    LocalTarget(toys.folder / "token").write("xyzzy\n");
    toys.cli.environment["FRESHET_DEFAULT__TOKEN_FILE"] = (toys.folder / "token").string();
    CHECK(toys.run({"config", "Number"}) == 0);
    CHECK(contains(toys.output(), "(environment FRESHET_DEFAULT__TOKEN_FILE)"));
}

TEST_CASE("config shows required parameters and hides secrets", "[parameters]") {
    TestProgram toys;
    toys.cli.environment["FRESHET_NUMBER__TOKEN"] = "xyzzy";
    CHECK(toys.run({"config"}) == 0);
    CHECK(contains(toys.output(), "folder     = (required)\n"));
    CHECK(contains(toys.output(), "token      = ***"));
    CHECK(!contains(toys.output(), "xyzzy"));
}

TEST_CASE("config rejects an unknown family", "[parameters]") {
    TestProgram toys;
    CHECK(toys.run({"config", "Nunber"}) == 64);
    CHECK(contains(toys.error_output(), "there is no task called 'Nunber'; did you mean 'Number'?"));
}

TEST_CASE("the message about an invalid secret does not quote it", "[parameters]") {
    const Registry registry = Registry::of<Safe>();
    CHECK_THROWS_WITH(registry.make("Safe", {{"pin", "12a4"}}), "Safe --pin: the secret is not valid");
}

TEST_CASE("a secret may be read from a file", "[parameters]") {
    TestProgram toys;
    LocalTarget(toys.folder / "token").write("xyzzy\n");
    toys.cli.environment["FRESHET_NUMBER__TOKEN_FILE"] = (toys.folder / "token").string();
    CHECK(toys.run({"config", "Number"}) == 0);
    CHECK(contains(toys.output(), "token      = ***"));
    CHECK(contains(toys.output(),
                   "file '" + (toys.folder / "token").string() + "' (environment FRESHET_NUMBER__TOKEN_FILE)"));
}

TEST_CASE("unknown sections and keys are rejected with the nearest name", "[parameters]") {
    TestProgram toys;
    const auto rejected = [&](const std::string& content) {
        CHECK(toys.run({"config", "--config", toys.config(content)}) == 78);
        return toys.error_output();
    };
    const std::string file = (toys.folder / "toys.toml").string();
    CHECK(rejected("[Nunber]\nvalue = 1\n") ==
          "toys: " + file + ":2: unknown section 'Nunber'; did you mean 'Number'?\n");
    CHECK(rejected("[Sum]\nlats = 1\n") == "toys: " + file + ":2: unknown key 'lats' in [Sum]; did you mean 'last'?\n");
    CHECK(rejected("[DEFAULT]\nvalues = 1\n") ==
          "toys: " + file + ":2: unknown key 'values' in [DEFAULT]; did you mean 'value'?\n");
    CHECK(rejected("[run]\nworker = 1\n") ==
          "toys: " + file + ":2: unknown key 'worker' in [run]; did you mean 'workers'?\n");
    CHECK(rejected("workers = 1\n") == "toys: " + file + ":1: key 'workers' is not in a section\n");
    CHECK(contains(rejected("[[sinks]]\ntype = \"file\"\n"), "unknown table '[[sinks]]'; did you mean 'sink'?"));
}

TEST_CASE("an invalid value is rejected with its origin", "[parameters]") {
    TestProgram toys;
    CHECK(toys.run({"plan", "Number", "--folder", "x", "--value", "many"}) == 64);
    CHECK(contains(toys.error_output(), "toys: Number --value: 'many' is not a whole number\n"));
    CHECK(toys.run({"plan", "Number", "--folder", "x", "--config", toys.config("[Number]\nvalue = \"many\"\n")}) == 78);
    CHECK(contains(toys.error_output(), "toys.toml:2: [Number] value: 'many' is not a whole number\n"));
    CHECK(toys.run({"plan", "Number", "--folder", "x", "--config", toys.config("[DEFAULT]\nvalue = \"many\"\n")}) ==
          78);
    CHECK(contains(toys.error_output(), "toys.toml:2: [DEFAULT] value: 'many' is not a whole number\n"));
    toys.cli.environment["FRESHET_RUN__WORKERS"] = "-1";
    CHECK(toys.run({"config"}) == 78);
    CHECK(toys.error_output() ==
          "toys: environment FRESHET_RUN__WORKERS: [run] workers: '-1' is not between 0 and 1024\n");
}

TEST_CASE("a missing required parameter is named", "[parameters]") {
    TestProgram toys;
    CHECK(toys.run({"plan", "Number"}) == 64);
    CHECK(contains(toys.error_output(), "toys: Number --folder: must be given\n"));
}

TEST_CASE("invalid TOML is a configuration error with file and line", "[parameters]") {
    TestProgram toys;
    CHECK(toys.run({"config", "--config", toys.config("[Number\n")}) == 78);
    CHECK(contains(toys.error_output(), "toys.toml"));
    CHECK(toys.run({"config", "--config", "/nowhere/toys.toml"}) == 78);
    CHECK(contains(toys.error_output(), "'/nowhere/toys.toml'"));
}

}  // namespace freshet
