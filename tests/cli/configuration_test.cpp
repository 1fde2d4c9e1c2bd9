// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/config.hpp"
#include "base/files.hpp"
#include "cli/parameters.hpp"
#include "cli/toys.hpp"
#include "freshet/build.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using test::contains;

namespace {

/// Writes what it knows of its source, in a process of its own.
struct FetchSource {
    std::filesystem::path folder;
    std::string name;
    std::string server = "near";
    std::string password = "";
    static constexpr Isolation isolation = Isolation::process;
    static constexpr Parameter parameters[] = {
        param<&FetchSource::folder>("where the file goes").required(), param<&FetchSource::name>("source").required(),
        param<&FetchSource::server>("where it is"), param<&FetchSource::password>("of the server").secret()};

    LocalTarget output() const { return LocalTarget(folder / (name + "-" + server)); }
    void run() const { output().write(name + "@" + server + ":" + password + "\n"); }
};

/// Joins two sources; makes one of them with its own server.
struct Batch {
    std::filesystem::path folder;
    std::string server = "near";
    static constexpr Parameter parameters[] = {param<&Batch::folder>("where the file goes").required(),
                                               param<&Batch::server>("of the second source")};

    auto requirements() const {
        return all(FetchSource{.folder = folder, .name = "a"},
                   FetchSource{.folder = folder, .name = "b", .server = server});
    }
    LocalTarget output() const { return LocalTarget(folder / "batch"); }
    void run() const {
        const auto [first, second] = inputs(*this);
        output().write(first.read() + second.read());
    }
};

/// Finds out while it runs that it needs a source.
struct Discover {
    std::filesystem::path folder;
    static constexpr Parameter parameters[] = {param<&Discover::folder>("where the file goes").required()};

    LocalTarget output() const { return LocalTarget(folder / "discovered"); }
    Outcome run(Context& context) const {
        const std::vector sources{FetchSource{.folder = folder, .name = "c"}};
        if (!context.require(sources)) return Outcome::waiting;
        output().write(outputs(sources).front().read());
        return Outcome::done;
    }
};

/// A section that tasks read.
struct Database {
    std::string host;
    int port = 5432;
    std::string password = "";
    static constexpr std::string_view section = "main-database";
    static constexpr Parameter parameters[] = {param<&Database::host>("where it is").required(),
                                               param<&Database::port>("of it"),
                                               param<&Database::password>("of the user").secret()};
};

/// Writes what it reads of the section.
template <Isolation where>
struct Load {
    std::filesystem::path folder;
    static constexpr std::string_view family = where == Isolation::process ? "LoadElsewhere" : "Load";
    static constexpr Isolation isolation = where;
    static constexpr Parameter parameters[] = {param<&Load::folder>("where the file goes").required()};

    LocalTarget output() const { return LocalTarget(folder / ("loaded-from-" + freshet::config<Database>().host)); }
    void run() const {
        const auto database = freshet::config<Database>();
        output().write(database.host + ":" + std::to_string(database.port) + ":" + database.password);
    }
};

struct DatabaseProgram : test::TestProgram {
    DatabaseProgram() { registry = Registry::of<Load<Isolation::thread>, Load<Isolation::process>, Database>(); }

    int run_with(const std::string& toml, const std::string& command, const std::string& task) {
        return run({command, task, "--folder", data(), "--config", config(toml)});
    }
};

Registry batch_registry() { return Registry::of<FetchSource, Batch, Discover>(); }

struct BatchProgram : test::TestProgram {
    BatchProgram() { registry = batch_registry(); }

    /// Runs a command for the task with this configuration.
    int run_with(const std::string& toml, std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--folder", data(), "--config", config(toml)});
        return run(arguments);
    }
    std::string content(const std::string& name) const { return read_file(folder / "data" / name); }
};

constexpr const char* far_server = "[FetchSource]\nserver = 'far'\npassword = 'xyzzy'\n";

}  // namespace

TEST_CASE("a parameter of a class on the command line wins over the class's section, not over what a task is given",
          "[configuration]") {
    BatchProgram program;
    CHECK(program.run_with(far_server, {"run", "Batch", "--server", "middle", "--FetchSource-server", "here"}) == 0);
    CHECK(program.content("a-here") == "a@here:xyzzy\n");
    CHECK(program.content("b-middle") == "b@middle:xyzzy\n");
    CHECK(program.run_with(far_server, {"config", "FetchSource", "--FetchSource-server", "here"}) == 0);
    CHECK(contains(program.output(), "here  "));
    CHECK(contains(program.output(), "command line"));
}

TEST_CASE("a task's section holds where another task makes it without the value, in run, plan and why",
          "[configuration]") {
    BatchProgram program;
    CHECK(program.run_with(far_server, {"plan", "Batch"}) == 0);
    CHECK(contains(program.output(), "runs FetchSource(folder=" + program.data() + ", name=a, server=far)"));
    CHECK(program.run_with(far_server, {"why", "Batch"}) == 0);
    CHECK(contains(program.output(), "server=far), which has not run"));
    CHECK(program.run_with(far_server, {"run", "Batch"}) == 0);
    CHECK(program.content("batch") == "a@far:xyzzy\nb@far:xyzzy\n");
    // The id is that of the values used.
    CHECK(program.run_with("", {"why", "FetchSource", "--name", "a", "--server", "far"}) == 0);
    CHECK(contains(program.output(), "is complete"));
}

TEST_CASE("a task reads a section of its own, on a thread and in a process", "[configuration]") {
    DatabaseProgram program;
    LocalTarget(program.folder / "password").write("xyzzy\n");
    const std::string toml = "[main-database]\nhost = 'db1'\npassword_file = '" +
                             (program.folder / "password").string() + "'\n[DEFAULT]\nfolder = '/nowhere'\n";
    for (const std::string task : {"Load", "LoadElsewhere"}) {
        CHECK(program.run_with(toml, "plan", task) == 0);
        CHECK(contains(program.output(), "loaded-from-db1' does not exist"));
        CHECK(program.run_with(toml, "run", task) == 0);
        CHECK(read_file(program.folder / "data/loaded-from-db1") == "db1:5432:xyzzy");
        std::filesystem::remove_all(program.data());
    }
    program.cli.environment["FRESHET_MAIN_DATABASE__PORT"] = "6432";
    CHECK(program.run_with(toml, "run", "Load") == 0);
    CHECK(read_file(program.folder / "data/loaded-from-db1") == "db1:6432:xyzzy");
    CHECK(program.run({"config", "--config", program.config(toml)}) == 0);
    CHECK(contains(program.output(), "[main-database]\n  host     = db1 "));
    CHECK(contains(program.output(), "  port     = 6432  environment FRESHET_MAIN_DATABASE__PORT\n"));
    CHECK(contains(program.output(), "  password = ***"));
}

TEST_CASE("a build reads the sections of its configuration file", "[configuration]") {
    const DatabaseProgram program;
    const auto result = build(program.registry, {Load<Isolation::thread>{program.data()}},
                              {.config_file = program.config("[main-database]\nhost = 'db2'\n")});
    CHECK(result.succeeded());
    CHECK(read_file(program.folder / "data/loaded-from-db2") == "db2:5432:");
}

TEST_CASE("what is wrong in a section that tasks read is refused at the start, what is missing when it is read",
          "[configuration]") {
    DatabaseProgram program;
    CHECK(program.run_with("[main-database]\nhots = 'db1'\n", "plan", "Load") == 78);
    CHECK(contains(program.error_output(), "unknown key 'hots' in [main-database]; did you mean 'host'?"));
    CHECK(program.run_with("[main-databse]\nhost = 'db1'\n", "plan", "Load") == 78);
    CHECK(contains(program.error_output(), "did you mean 'main-database'?"));
    CHECK(program.run_with("[main-database]\nport = 'many'\n", "config", "Load") == 78);
    CHECK(contains(program.error_output(), ":2: [main-database] port: 'many' is not "));
    CHECK(program.run_with("", "plan", "Load") == 78);
    CHECK(contains(program.error_output(), "[main-database] host: it is required"));
    CHECK(program.run({"config"}) == 0);
    CHECK(contains(program.output(), "  host     = (required)"));
}

TEST_CASE("a section is not read outside of a task's code, nor one that the program does not have", "[configuration]") {
    CHECK_THROWS_WITH(
        Load<Isolation::thread>{"/nowhere"}.output(),
        "read the section [main-database] of the configuration: only the code of tasks can, on the thread "
        "that calls it");
    const auto without = Registry::of<Load<Isolation::thread>>();
    CHECK_THROWS_WITH(without.make("Load", {{"folder", "/nowhere"}}).outputs(),
                      Catch::Contains("it is not among the classes of the program"));
    CHECK_THROWS_WITH((Registry::of<Database, Database>()),
                      "two sections of the configuration are called 'main-database'");
}

TEST_CASE("a task that is required while another runs gets the values of its section", "[configuration]") {
    BatchProgram program;
    CHECK(program.run_with(far_server, {"run", "Discover"}) == 0);
    CHECK(program.content("discovered") == "c@far:xyzzy\n");
}

TEST_CASE("a value that is given wins over the configuration, wherever it is passed on", "[configuration]") {
    BatchProgram program;
    CHECK(program.run_with("[FetchSource]\nserver = 'far'\n", {"run", "Batch", "--server", "middle"}) == 0);
    CHECK(program.content("batch") == "a@far:\nb@middle:\n");
    // The default itself, where the configuration says otherwise.
    BatchProgram other;
    CHECK(other.run_with("[DEFAULT]\nserver = 'far'\n", {"run", "Batch", "--server", "near"}) == 0);
    CHECK(contains(other.content("batch"), "b@near:\n"));
}

TEST_CASE("DEFAULT and the environment hold for tasks that others make", "[configuration]") {
    BatchProgram program;
    program.cli.environment["PASSWORD_OF_SERVER"] = "plugh";
    program.cli.environment["FRESHET_FETCHSOURCE__SERVER"] = "away";
    CHECK(program.run_with("[DEFAULT]\nserver = 'far'\npassword = '${PASSWORD_OF_SERVER}'\n", {"run", "Batch"}) == 0);
    CHECK(program.content("batch") == "a@away:plugh\nb@far:plugh\n");  // Batch has it from DEFAULT and passes it on
}

TEST_CASE("an invalid value for a task that others make ends the program with its origin", "[configuration]") {
    BatchProgram program;
    const std::string missing = "[FetchSource]\npassword_file = '/nowhere/password'\n";
    for (const char* command : {"run", "plan"}) {
        CHECK(program.run_with(missing, {command, "Batch"}) == 78);
        CHECK(contains(program.error_output(), "toys.toml:2: "));
        CHECK(contains(program.error_output(), "'/nowhere/password'"));
    }
    CHECK(program.run_with("[FetchSource]\npassword = '${NOT_SET_ANYWHERE}'\n", {"run", "Batch"}) == 78);
    CHECK(contains(program.error_output(), "toys.toml:2: the environment has no variable 'NOT_SET_ANYWHERE'"));
    CHECK(program.run_with(missing, {"run", "FetchSource", "--name", "x", "--password", "given"}) == 0);
}

TEST_CASE("a section with a secret and its file is rejected, unless one of them is the environment's",
          "[configuration]") {
    BatchProgram program;
    LocalTarget(program.folder / "password").write("plugh\n");
    const std::string file = "password_file = '" + (program.folder / "password").string() + "'\n";
    CHECK(program.run_with("[FetchSource]\npassword = 'xyzzy'\n" + file, {"run", "Batch"}) == 78);
    CHECK(contains(program.error_output(), "toys.toml:3: [FetchSource] has 'password' at "));
    program.cli.environment["FRESHET_FETCHSOURCE__PASSWORD_FILE"] = (program.folder / "password").string();
    CHECK(program.run_with("[FetchSource]\npassword = 'xyzzy'\n", {"run", "Batch"}) == 0);
    CHECK(contains(program.content("batch"), "a@near:plugh\n"));
}

TEST_CASE("build() gives the values of its configuration to roots and to tasks that they make", "[configuration]") {
    const BatchProgram program;
    const auto file = program.config("[Batch]\nserver = 'middle'\n" + std::string(far_server));
    CHECK(build(batch_registry(), {Batch{.folder = program.data()}}, {.config_file = file}).succeeded());
    CHECK(program.content("batch") == "a@far:xyzzy\nb@middle:xyzzy\n");
}

TEST_CASE("build() rejects what it would not read in its configuration", "[configuration]") {
    const BatchProgram program;
    const auto build_with = [&](const std::string& toml) {
        build(batch_registry(), {Batch{.folder = program.data()}}, {.config_file = program.config(toml)});
    };
    CHECK_THROWS_WITH(build_with("[run]\nworkers = 2\n"),
                      Catch::Contains("toys.toml:2: [run] workers is an option of command lines, not of build()"));
    CHECK_THROWS_WITH(build_with("[[sink]]\ntype = 'file'\n"), Catch::Contains("build() takes its sinks from"));
    CHECK_THROWS_WITH(build_with("[FetchSource]\nservre = 'far'\n"), Catch::Contains("did you mean 'server'?"));
    CHECK_THROWS_AS(build_with("[resources]\ndisk = 'many'\n"), ConfigError);
    CHECK_THROWS_WITH(build_with("[slurm]\npartitoin = 'x'\n"), Catch::Contains("did you mean 'partition'?"));
}

TEST_CASE("a task that is rebuilt from what a scheduler stores gets its secret from the configuration",
          "[configuration]") {
    BatchProgram program;
    LocalTarget(program.folder / "password").write("plugh\n");
    const Config config =
        Config::load({.program = "",
                      .environment = {{"FRESHET_FETCHSOURCE__PASSWORD_FILE", (program.folder / "password").string()},
                                      {"FRESHET_FETCHSOURCE__SERVER", "far"}}});
    const Registry registry = cli::configured_registry({}, batch_registry(), {}, config, program.clock);
    const AnyTask stored(FetchSource{.folder = program.data(), .name = "a"});
    const AnyTask rebuilt = registry.make("FetchSource", stored.values());
    CHECK(rebuilt.id() == stored.id());  // the server is given
    CHECK(rebuilt.values_with_secrets().at("password") == "plugh");
}

TEST_CASE("the commands in a notification of a run name its state as a shell takes it", "[configuration]") {
    test::TestProgram toys;
    const auto told = (toys.folder / "told").string(), state = (toys.folder / "my state.sqlite").string();
    const std::string rule =
        "[[notification]]\nname = 'x'\ntype = 'command'\nwindow = 0\ncommand = ['sh', '-c', 'cat >\"$0\"', '" + told +
        "']\n";
    CHECK(toys.run({"run", "Broken", "--folder", toys.data(), "--state", state, "--config", toys.config(rule)}) == 30);
    CHECK(contains(event_from_json(Json::parse(read_file(told))).data.at("text").as_string(),
                   " --state '" + state + "'\n"));
}
