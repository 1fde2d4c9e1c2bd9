// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/registry.hpp"
#include "freshet/task.hpp"
#include "support/directory_target.hpp"
#include "support/temp_dir.hpp"
#include "target/publish.hpp"
#include "worker/attempt.hpp"

#include <string>
#include <vector>

namespace freshet::test {

/// A shell script that starts a daemon, waits until it runs and prints its process id.
constexpr const char* daemon_script = R"sh(mkfifo daemon &&
    setsid -f sh -c 'echo $$ > daemon; exec sleep 1000' > /dev/null 2>&1 && read pid < daemon && echo $pid)sh";

/// A task whose run() performs the action `what`; `root` is the folder of its output.
struct Act {
    std::string what = "write";
    std::filesystem::path root{};
    std::string password{};

    static constexpr Parameter parameters[] = {param<&Act::what>("what to do"), param<&Act::root>("folder"),
                                               param<&Act::password>("nobody's business").secret()};
    static constexpr bool emits_events = true;
    static constexpr std::string_view family = "Act";

    LocalTarget output() const { return LocalTarget(root / (what + ".out")); }
    std::chrono::milliseconds timeout() const {
        using namespace std::chrono_literals;
        if (what == "late hang") return 2s;  // when it has a child, also on a slow machine
        return what.starts_with("late") ? 50ms : 0ms;
    }
    Outcome run(Context& context) const;
    void on_failure(const Failure& failure) const;
};

/// Requires an Act dynamically.
struct Dynamic {
    std::filesystem::path root{};
    static constexpr Parameter parameters[] = {param<&Dynamic::root>("folder")};
    LocalTarget output() const { return LocalTarget(root / "dynamic"); }
    Outcome run(Context& context) const;
};

/// A task with two outputs and an undeclared third one, written in another order than declared.
struct Several {
    std::filesystem::path root{};
    static constexpr Parameter parameters[] = {param<&Several::root>("folder")};
    std::vector<LocalTarget> output() const { return {LocalTarget(root / "first"), LocalTarget(root / "last")}; }
    void run() const;
};

/// Writes an object to a store outside this machine; then its process dies, if it is to.
struct Upload {
    std::filesystem::path root{};
    bool dies = false;
    static constexpr Isolation isolation = Isolation::process;
    static constexpr Parameter parameters[] = {param<&Upload::root>("folder"), param<&Upload::dies>("after writing")};
    DirectoryTarget output() const { return DirectoryTarget(root / "store", "object"); }
    void run() const;
};

/// Answers messages until one of them is "stop".
struct Listen {
    std::filesystem::path root{};
    static constexpr bool accepts_messages = true;
    static constexpr Parameter parameters[] = {param<&Listen::root>("folder")};
    LocalTarget output() const { return LocalTarget(root / "heard"); }
    void run(Context& context) const;
};

Registry test_registry();

}  // namespace freshet::test
