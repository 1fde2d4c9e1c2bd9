// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/process.hpp"

#include "base/files.hpp"
#include "support/fake_clock.hpp"
#include "support/processes.hpp"
#include "support/temp_dir.hpp"
#include "worker/tasks.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

/// Keeps what it is told.
class RecordingReporter final : public Reporter {
public:
    void progress(double) override {}
    void status(std::string_view) override {}
    void log(std::string_view line) override { lines.emplace_back(line); }
    void warn(std::string_view) override {}
    std::vector<std::string> lines;
};

/// Runs programs as a task in a thread would.
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

TEST_CASE("what a program prints goes to the log", "[worker]") {
    Shell shell;
    shell.run("echo out; echo err >&2");
    std::sort(shell.reporter.lines.begin(), shell.reporter.lines.end());
    CHECK(shell.reporter.lines == std::vector<std::string>{"err", "out"});
}

TEST_CASE("a program's output may go into a file, and only its errors to the log", "[worker]") {
    const TempDir dir;
    Shell shell;
    shell.run({.arguments = {"sh", "-c", "echo out; echo err >&2"}, .output = dir / "file"});
    CHECK(read_file(dir / "file") == "out\n");
    CHECK(shell.reporter.lines == std::vector<std::string>{"err"});
}

TEST_CASE("a program starts in its folder with its environment", "[worker]") {
    const TempDir dir;
    Shell shell;
    shell.run({.arguments = {"sh", "-c", "echo \"$PWD $COLOUR $HOME\""},
               .environment = {{"COLOUR", "red"}, {"HOME", "/h"}},
               .folder = dir.path()});
    CHECK(shell.reporter.lines == std::vector<std::string>{dir.path().string() + " red /h"});
}

TEST_CASE("a program finds the run's trace in its environment", "[worker]") {
    Shell shell;
    shell.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    shell.run("echo $TRACEPARENT");
    CHECK(shell.reporter.lines == std::vector<std::string>{shell.traceparent});
}

TEST_CASE("arguments reach a program as they are, without a shell", "[worker]") {
    Shell shell;
    shell.run({.arguments = {"printf", "%s|", "a b", "$HOME", "*", ""}});
    CHECK(shell.reporter.lines == std::vector<std::string>{"a b|$HOME|*||"});
}

TEST_CASE("a program that fails is an error with its status and what it said last", "[worker]") {
    Shell shell;
    CHECK_THROWS_WITH(shell.run("echo progress; echo bad grid >&2; exit 3"),
                      "running 'sh': exit status 3, after it said: bad grid");
}

TEST_CASE("a program that was killed is an error that names the signal", "[worker]") {
    Shell shell;
    CHECK_THROWS_WITH(shell.run("kill -9 $$"), "running 'sh': killed by signal 9 (Killed)");
}

TEST_CASE("exit status 75 asks for another try", "[worker]") {
    Shell shell;
    CHECK_THROWS_AS(shell.run("exit 75"), TransientError);
}

TEST_CASE("a program or folder that does not exist is an error with the reason", "[worker]") {
    Shell shell;
    CHECK_THROWS_WITH(shell.run(Subprocess{.arguments = {"no-such-program"}}),
                      "running 'no-such-program': No such file or directory");
    CHECK_THROWS_WITH(shell.run(Subprocess{.arguments = {"true"}, .folder = "/none"}),
                      "running 'true': No such file or directory");
    CHECK_THROWS_WITH(shell.run(Subprocess{.arguments = {}}), "running a program: it has no name");
}

TEST_CASE("a cancelled attempt ends its program, and what that has started", "[worker]") {
    Shell shell;
    std::optional<PidWatcher> grandchild;
    shell.cancelled = [&] {
        if (shell.reporter.lines.empty()) return false;
        if (!grandchild) grandchild.emplace(std::stoi(shell.reporter.lines.front()));
        return true;
    };
    CHECK_THROWS_WITH(shell.run("sleep 1000 & echo $!; wait"), "running 'sh': cancelled");
    REQUIRE(grandchild);
    CHECK(grandchild->is_gone());
}

TEST_CASE("a program that does not listen is killed after a while", "[worker]") {
    Shell shell;
    shell.cancelled = [&] {
        if (shell.reporter.lines.empty()) return false;
        shell.clock.advance(std::chrono::seconds(3));
        return true;
    };
    CHECK_THROWS_WITH(shell.run("trap '' TERM; echo ready; while :; do sleep 1000; done"), "running 'sh': cancelled");
}

TEST_CASE("what a program leaves in the background does not live on", "[worker]") {
    Shell shell;
    shell.run("sleep 1000 & echo $!");
    REQUIRE(shell.reporter.lines.size() == 1);
    CHECK(PidWatcher(std::stoi(shell.reporter.lines.front())).is_gone());
}
