// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/process.hpp"

#include "base/files.hpp"
#include "process/process_table.hpp"
#include "support/fake_clock.hpp"
#include "support/processes.hpp"
#include "support/temp_dir.hpp"
#include "worker/tasks.hpp"

#include <catch2/catch.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <csignal>

using namespace freshet;
using namespace freshet::test;

namespace {

/// Records the log lines.
class RecordingReporter final : public Reporter {
public:
    void progress(double) override {}
    void status(std::string_view) override {}
    void log(std::string_view line) override { lines.emplace_back(line); }
    void warn(std::string_view line) override { warnings.emplace_back(line); }
    std::vector<std::string> lines;
    std::vector<std::string> warnings;
};

/// Runs programs as a task on a thread does.
struct Shell {
    FakeClock clock{};
    RecordingReporter reporter{};
    std::function<bool()> cancelled = [] { return false; };
    std::string traceparent{};

    void run(const Subprocess& call) {
        Context context({.clock = clock,
                         .reporter = reporter,
                         .http = {},
                         .cancelled = [this] { return cancelled(); },
                         .traceparent = traceparent});
        run_subprocess(context, call);
    }
    void run(const std::string& script) { run(Subprocess{.arguments = {"sh", "-c", script}}); }
};

}  // namespace

TEST_CASE("output of a program goes to the log", "[process]") {
    Shell shell;
    shell.run("echo out; echo err >&2");
    std::sort(shell.reporter.lines.begin(), shell.reporter.lines.end());
    CHECK(shell.reporter.lines == std::vector<std::string>{"err", "out"});
}

TEST_CASE("standard output can be redirected to a file, leaving standard error in the log", "[process]") {
    const TempDir dir;
    Shell shell;
    shell.run({.arguments = {"sh", "-c", "echo out; echo err >&2"}, .output = dir / "file"});
    CHECK(read_file(dir / "file") == "out\n");
    CHECK(shell.reporter.lines == std::vector<std::string>{"err"});
}

TEST_CASE("a program starts in the given folder with the added environment", "[process]") {
    const TempDir dir;
    Shell shell;
    shell.run({.arguments = {"sh", "-c", "echo \"$PWD $COLOUR $HOME\""},
               .environment = {{"COLOUR", "red"}, {"HOME", "/h"}},
               .folder = dir.path()});
    CHECK(shell.reporter.lines == std::vector<std::string>{dir.path().string() + " red /h"});
}

TEST_CASE("a program gets the traceparent of the run in its environment", "[process]") {
    Shell shell;
    shell.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    shell.run("echo $TRACEPARENT");
    CHECK(shell.reporter.lines == std::vector<std::string>{shell.traceparent});
}

TEST_CASE("arguments are passed unchanged, without a shell", "[process]") {
    Shell shell;
    shell.run({.arguments = {"printf", "%s|", "a b", "$HOME", "*", ""}});
    CHECK(shell.reporter.lines == std::vector<std::string>{"a b|$HOME|*||"});
}

TEST_CASE("a failing program is an error with its status and the last lines that it printed anywhere", "[process]") {
    Shell shell;
    CHECK_THROWS_WITH(shell.run("echo bad grid >&2; exit 3"), "run 'sh': exit status 3; last lines: bad grid");
    CHECK_THROWS_WITH(shell.run("echo no field 7; exit 3"), "run 'sh': exit status 3; last lines: no field 7");
    CHECK_THROWS_WITH(
        shell.run("echo no field 7; echo bad grid >&2; exit 3"),
        "run 'sh': exit status 3; last lines of standard error: bad grid; of standard output: no field 7");
}

TEST_CASE("a killed program is an error with the signal", "[process]") {
    Shell shell;
    CHECK_THROWS_WITH(shell.run("kill -9 $$"), "run 'sh': killed by signal 9 (Killed)");
}

TEST_CASE("exit status 75 is a transient error", "[process]") {
    Shell shell;
    CHECK_THROWS_AS(shell.run("exit 75"), TransientError);
}

TEST_CASE("a missing program or folder is an error with the reason", "[process]") {
    Shell shell;
    CHECK_THROWS_WITH(shell.run(Subprocess{.arguments = {"no-such-program"}}),
                      "run 'no-such-program': No such file or directory");
    CHECK_THROWS_WITH(shell.run(Subprocess{.arguments = {"true"}, .folder = "/none"}),
                      "run 'true': No such file or directory");
    CHECK_THROWS_WITH(shell.run(Subprocess{.arguments = {}}), "run a program: no arguments");
}

TEST_CASE("cancellation ends the program and its children", "[process]") {
    Shell shell;
    std::optional<PidWatcher> grandchild;
    shell.cancelled = [&] {
        if (shell.reporter.lines.empty()) return false;
        if (!grandchild) grandchild.emplace(std::stoi(shell.reporter.lines.front()));
        return true;
    };
    CHECK_THROWS_WITH(shell.run("sleep 1000 & echo $!; wait"), "run 'sh': cancelled");
    REQUIRE(grandchild);
    CHECK(grandchild->is_gone());
}

TEST_CASE("a program that ignores SIGTERM is killed after the grace", "[process]") {
    Shell shell;
    shell.cancelled = [&] {
        if (shell.reporter.lines.empty()) return false;
        shell.clock.advance(std::chrono::seconds(3));
        return true;
    };
    CHECK_THROWS_WITH(shell.run("trap '' TERM; echo ready; while :; do sleep 1000; done"), "run 'sh': cancelled");
}

TEST_CASE("background processes of a program are killed at its end", "[process]") {
    Shell shell;
    shell.run("sleep 1000 & echo $!");
    REQUIRE(shell.reporter.lines.size() == 1);
    const std::string pid = shell.reporter.lines.front();
    CHECK(PidWatcher(std::stoi(pid)).is_gone());
    REQUIRE(shell.reporter.warnings.size() == 1);
    CHECK_THAT(shell.reporter.warnings[0],
               Catch::StartsWith("run 'sh': killed what it left running: ") && Catch::EndsWith(" (pid " + pid + ")"));
}

TEST_CASE("a daemon that a program has started is killed at its end and named", "[process]") {
    const std::string end = GENERATE("exit 0", "exit 1", "kill -9 $$");
    const TempDir dir;
    Shell shell;
    const Subprocess call{.arguments = {"sh", "-c", daemon_script + ("; " + end)}, .folder = dir.path()};
    if (end == "exit 0")
        shell.run(call);
    else
        CHECK_THROWS_AS(shell.run(call), Error);
    REQUIRE(shell.reporter.lines.size() == 1);
    const std::string pid = shell.reporter.lines.front();
    CHECK(PidWatcher(std::stoi(pid)).is_gone());
    REQUIRE(shell.reporter.warnings.size() == 1);
    CHECK_THAT(shell.reporter.warnings[0], Catch::Contains("(pid " + pid + ")"));
}

TEST_CASE("a process is seen while it executes another program", "[process]") {
    constexpr auto mark = "FRESHET_TEST_MARK=a process that executes one program after the other";
    const char* arguments[] = {"sh", "-c", "exec sh -c \"$0\" \"$0\"", "exec sh -c \"$0\" \"$0\"", nullptr};
    const char* environment[] = {mark, "PATH=/usr/bin:/bin", nullptr};
    pid_t pid = 0;
    REQUIRE(::posix_spawn(&pid, "/bin/sh", nullptr, nullptr, const_cast<char**>(arguments),
                          const_cast<char**>(environment)) == 0);
    int seen = 0;
    constexpr int looks = 200;
    for (int look = 0; look < looks; ++look) seen += process::processes_with_environment(mark).size() == 1;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    CHECK(seen == looks);
}

TEST_CASE("a daemon of a cancelled program is killed", "[process]") {
    const TempDir dir;
    Shell shell;
    shell.cancelled = [&] { return !shell.reporter.lines.empty(); };
    CHECK_THROWS_WITH(
        shell.run({.arguments = {"sh", "-c", daemon_script + std::string("; sleep 1000")}, .folder = dir.path()}),
        "run 'sh': cancelled");
    CHECK(PidWatcher(std::stoi(shell.reporter.lines.front())).is_gone());
}

TEST_CASE("a program ends although what it left in the background prints without end", "[process]") {
    Shell shell;
    shell.run("yes & exit 0");
    CHECK(shell.reporter.warnings.size() == 1);
}
