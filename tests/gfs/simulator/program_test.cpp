// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "simulator/publish.hpp"
#include "support/temp_dir.hpp"

#include "freshet/file.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Args = std::vector<std::string>;

/// Returns the rest of a stream.
std::string read_all(FILE* stream) {
    std::string text;
    for (int c = std::fgetc(stream); c != EOF; c = std::fgetc(stream)) text.push_back(static_cast<char>(c));
    return text;
}

/// The program itself, started with its output in a pipe and its errors in a file.
class SimulatorProcess {
public:
    explicit SimulatorProcess(Args args) {
        args.insert(args.begin(), GFS_SIMULATOR_PROGRAM);
        std::vector<char*> arguments;
        for (auto& arg : args) arguments.push_back(arg.data());
        arguments.push_back(nullptr);
        std::array<int, 2> pipe{};
        REQUIRE(::pipe(pipe.data()) == 0);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, ::fileno(err_), STDERR_FILENO);
        REQUIRE(::posix_spawn(&pid_, args[0].c_str(), &actions, nullptr, arguments.data(), environ) == 0);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(pipe[1]);
        out_ = ::fdopen(pipe[0], "r");
    }
    ~SimulatorProcess() {
        if (pid_ > 0) ::kill(pid_, SIGKILL);
        if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
        std::fclose(out_);
        std::fclose(err_);
    }
    SimulatorProcess(const SimulatorProcess&) = delete;
    SimulatorProcess& operator=(const SimulatorProcess&) = delete;

    /// Waits for the next line of output.
    std::string line() {
        std::array<char, 512> text{};
        return std::fgets(text.data(), text.size(), out_) == nullptr ? "" : text.data();
    }
    /// Waits until it closes its output; returns what it still wrote.
    std::string output() { return read_all(out_); }
    /// Its standard error. Call once, after its end.
    std::string errors() {
        std::rewind(err_);
        return read_all(err_);
    }
    /// Waits for its end; returns its exit status.
    int wait() {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    /// Asks it to stop; returns its exit status.
    int stop() {
        ::kill(pid_, SIGTERM);
        return wait();
    }

private:
    pid_t pid_ = 0;
    FILE* out_ = nullptr;
    FILE* err_ = std::tmpfile();
};

struct Result {
    int status;
    std::string out;
    std::string err;
};

Result run(const Args& args) {
    SimulatorProcess simulator(args);
    const auto out = simulator.output();
    const int status = simulator.wait();
    return {status, out, simulator.errors()};
}

/// The error message of a usage error of a command, without the program's and the command's name and the advice.
std::string usage_error(const Args& args) {
    const auto result = run(args);
    CHECK(result.status == 64);
    CHECK(result.out.empty());
    const auto start = fmt::format("gfs-simulator: {}: ", args[0]);
    const auto end = fmt::format("\nrun 'gfs-simulator {} --help' for usage\n", args[0]);
    REQUIRE(result.err.starts_with(start));
    REQUIRE(result.err.ends_with(end));
    return result.err.substr(start.size(), result.err.size() - start.size() - end.size());
}

}  // namespace

TEST_CASE("the simulator rejects a wrong number of operands, and options that are unknown or missing", "[gfs]") {
    CHECK(usage_error({"add", "root", "--lead", "6"}) == "FILE is required");
    CHECK(usage_error({"serve", "root", "more"}) == "unexpected argument 'more'");
    CHECK(usage_error({"serve", "root", "--prot", "1"}) == "unknown option --prot; did you mean '--port'?");
    CHECK(usage_error({"add", "root", "file", "--lead", "6"}) == "--cycle CYCLE is required");
    CHECK(usage_error({"make", "root", "--cycle", "2026-11-21T00"}) == "--leads LEADS is required");
    CHECK(usage_error({"add", "root", "file", "--lead"}) == "--lead requires a value (HOUR)");
}

TEST_CASE("the simulator rejects invalid values of options", "[gfs]") {
    CHECK(usage_error({"add", "root", "file", "--cycle", "2022-13-15T18", "--lead", "6"}) ==
          "--cycle: '2022-13-15T18' is not a full hour like 2026-11-21T06");
    CHECK(usage_error({"add", "root", "file", "--cycle", "2022-03-15T18", "--lead", "7", "--product", "pgrb2.1p00"}) ==
          "--lead: 'pgrb2.1p00' has no lead 7");
    CHECK(usage_error({"serve", "/nonexistent"}) == "'/nonexistent' is not a folder");
    const auto error_of = [](const std::string& option, const std::string& value, const std::string& leads = "0") {
        return usage_error({"make", "/nonexistent", "--cycle", "2026-11-21T00", "--leads", leads, option, value});
    };
    CHECK(error_of("--grid", "huge") == "unknown grid 'huge': expected 0p25, 0p50, 1p00, t1534 or small");
    CHECK(error_of("--variables", "some") == "unknown set of fields 'some': expected portal, odd or all");
    CHECK(error_of("--grid", "small", "121") == "'121' is not a lead of 'pgrb2.0p25': 0-384, 209 in total");
    CHECK(error_of("--product", "gefs.pgrb2a.0p50") ==
          "--member: 'gefs.pgrb2a.0p50' is an ensemble: choose c00, p01 to p30, avg or spr");
    CHECK_THAT(error_of("--product", "pgrb3"), StartsWith("'pgrb3' is not a product of GFS; expected one of "));
}

TEST_CASE("the simulator reports a missing file with the system's reason", "[gfs]") {
    const auto result = run({"add", "root", "/nonexistent", "--cycle", "2022-03-15T18", "--lead", "6"});
    CHECK(result.status == 30);
    CHECK(result.err == "gfs-simulator: open '/nonexistent': No such file or directory\n");
}

TEST_CASE("the simulator's help lists its commands and none of those for tasks", "[gfs]") {
    const auto help = run({"--help"});
    CHECK(help.status == 0);
    for (const char* command : {"serve", "add", "make", "clone", "help"})
        CHECK_THAT(help.out, Contains(fmt::format("\n  {:<28}", command)));
    for (const char* command : {"run", "work", "plan", "tree", "why", "verify", "list", "history", "config"})
        CHECK_THAT(help.out, !Contains(fmt::format("\n  {:<28}", command)));
    CHECK_THAT(run({"clone", "--help"}).out, StartsWith("usage: gfs-simulator clone MESSAGES FOLDER [OPTIONS]\n"));
    const auto unknown = run({"mak"});
    CHECK(unknown.status == 64);
    CHECK_THAT(unknown.err, StartsWith("gfs-simulator: unknown command 'mak'; did you mean 'make'?\n"));
    CHECK(run({"run", "Make"}).status == 64);
}

TEST_CASE("the simulator makes a cycle, adds a file of it and clones it", "[gfs]") {
    const freshet::test::TempDir folder;
    const auto path = [&folder](const char* name) { return (folder / name).string(); };
    const auto made = run({"make", path("a"), "--cycle", "2026-11-21T00", "--leads", "0-2,6", "--grid", "small"});
    CHECK(made.status == 0);
    CHECK(made.err.empty());
    CHECK(made.out == "made 4 leads of 'pgrb2.0p25'\n");
    const auto name = gfs::grib_path({std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}, "pgrb2.0p25", 6});
    const auto file = (folder / "a" / name).string();
    const auto added = run({"add", path("b"), file, "--lead", "6", "--cycle=2026-11-21T00"});
    CHECK(added.out == fmt::format("added {}\n", name));
    CHECK(freshet::read_file(folder / "b" / name) == freshet::read_file(file));
    std::filesystem::create_directory(folder / "messages");
    std::filesystem::copy_file(file, folder / "messages" / "f006.grib2");
    const auto cloned = run({"clone", path("messages"), path("c"), "--cycle", "2026-11-21T00", "--leads", "6", "--grid",
                             "small", "--like", file + ".idx"});
    CHECK(cloned.err.empty());
    CHECK(cloned.out == fmt::format("cloned {} from a pool of 54 messages: {} bytes\n", name,
                                    std::filesystem::file_size(folder / "c" / name)));
}

TEST_CASE("the simulator reports when it is ready, serves, and stops on SIGTERM", "[gfs]") {
    const freshet::test::TempDir folder;
    freshet::write_file_atomically(folder / "root" / "f", "0123456789");
    const auto root = (folder / "root").string();
    SimulatorProcess simulator(
        {"serve", root, "--port-file", (folder / "port").string(), "--count-file", (folder / "count").string()});
    const auto line = simulator.line();
    const int port = std::stoi(freshet::read_file(folder / "port"));
    CHECK(line == fmt::format("serving '{}' at http://127.0.0.1:{}/\n", root, port));
    const auto response = freshet::http::make_client()->send({.url = fmt::format("http://127.0.0.1:{}/f", port)});
    CHECK(response.body == "0123456789");
    CHECK(simulator.stop() == 0);
    CHECK(freshet::Json::parse(freshet::read_file(folder / "count")).at("bytes").as_integer() == 10);
}
