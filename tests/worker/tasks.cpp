// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/tasks.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "freshet/process.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <new>
#include <stdexcept>
#include <thread>

namespace freshet::test {

namespace {

/// Polls in a blocking call, since ThreadSanitizer delivers signals only there.
void wait_until_cancelled(const Context& context) {
    while (!context.cancelled()) ::poll(nullptr, 0, 1);
}

pid_t parent_of(pid_t pid) {
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    for (std::string word; status >> word;)
        if (pid_t parent = 0; word == "PPid:" && status >> parent) return parent;
    return 0;
}

/// Starts a process in a session of its own that never ends by itself, and writes the ids of this process, its parent,
/// its grandparent and that process to the FIFO in its folder.
void start_a_child(const Act& act) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::setsid();
        for (;;) ::pause();
    }
    while (::getsid(child) != child) ::sched_yield();
    const std::string pids = fmt::format("{} {} {} {}\n", ::getpid(), ::getppid(), parent_of(::getppid()), child);
    const std::filesystem::path fifo = act.root / "fifo";
    if (exists_at(fifo)) write_all(open_file(fifo, O_WRONLY), pids, fifo);
}

/// Has a program start a daemon, whose id becomes a line of the log.
void start_a_daemon(const Act& act, Context& context) {
    run_subprocess(context, {.arguments = {"sh", "-c", daemon_script}, .folder = act.root});
}

/// Never ends by itself, not even after SIGTERM.
[[noreturn]] void hang(const Act& act) {
    start_a_child(act);
    for (;;) ::pause();
}

std::string open_files() {
    std::string names;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code code;
        const auto link = std::filesystem::read_symlink(entry.path(), code);
        if (!code) names += link.string() + "\n";
    }
    return names;
}

Event event() {
    return {.id = "e1", .source = "/test", .type = "t", .subject = "s", .time = {}, .key = "k", .data = Json()};
}

/// Has a program read what it has just written to its scratch folder, and names that folder in the log.
void use_scratch(const Act& act, Context& context) {
    const LocalTarget table(context.scratch() / "tables/one");
    table.write("rows");
    run_subprocess(context, {.arguments = {"cp", table.path(), act.output().path()}});
    context.log(context.scratch().string());
}

using Action = std::function<Outcome(const Act&, Context&)>;

Outcome write(const Act& act, const std::string& content = "content") {
    act.output().write(content);
    return Outcome::done;
}

/// As tasks do that know nothing of create().
Outcome write_in_place(const Act& act, const std::string& content) {
    write_all(open_file(act.output().path(), O_WRONLY | O_CREAT | O_EXCL), content, act.output().path());
    return Outcome::done;
}

const std::map<std::string, Action, std::less<>>& actions() {
    static const std::map<std::string, Action, std::less<>> all{
        {"write", [](const Act& act, Context&) { return write(act); }},
        {"nothing", [](const Act&, Context&) { return Outcome::done; }},
        {"wait for nothing", [](const Act&, Context&) { return Outcome::waiting; }},
        {"tell the password", [](const Act& act, Context&) { return write(act, act.password); }},
        {"throw", [](const Act& act, Context&) -> Outcome { write(act), throw Error("a bad day"); }},
        {"throw int", [](const Act&, Context&) -> Outcome { throw 1; }},
        {"throw runtime error", [](const Act&, Context&) -> Outcome { throw std::runtime_error("connection reset"); }},
        {"throw logic error", [](const Act&, Context&) -> Outcome { throw std::out_of_range("no such element"); }},
        {"list nothing",
         [](const Act& act, Context&) -> Outcome {
             std::filesystem::directory_iterator(act.root / "nowhere");
             return Outcome::done;
         }},
        {"exhaust memory", [](const Act&, Context&) -> Outcome { throw std::bad_alloc(); }},
        {"fill the disk", [](const Act& act, Context&) -> Outcome { throw_system_error("write", act.root, ENOSPC); }},
        {"slow down",
         [](const Act&, Context&) -> Outcome {
             throw TransientError("busy", FailureClass::throttled, std::chrono::seconds(7));
         }},
        {"talk",
         [](const Act& act, Context& context) {
             for (int i = 0; i <= 100'000; ++i) context.progress(i / 100'000.0);
             context.status("halfway");
             context.log("a line");
             context.warn("a warning");
             context.emit(event());
             context.add_metadata("mood", "good");
             context.add_metadata("mood", "better");
             return write(act);
         }},
        {"late",
         [](const Act&, Context& context) -> Outcome {
             wait_until_cancelled(context);
             throw Error("gave up");
         }},
        {"hang", [](const Act& act, Context&) -> Outcome { hang(act); }},
        {"leave a daemon", [](const Act& act, Context& context) { return start_a_daemon(act, context), write(act); }},
        {"leave a daemon and throw",
         [](const Act& act, Context& context) -> Outcome { start_a_daemon(act, context), throw Error("a bad day"); }},
        {"leave a daemon and crash",
         [](const Act& act, Context& context) -> Outcome { start_a_daemon(act, context), std::abort(); }},
        {"leave a daemon until cancelled",
         [](const Act& act, Context& context) -> Outcome {
             start_a_daemon(act, context);
             context.status("running");
             wait_until_cancelled(context);
             throw Error("gave up");
         }},
        {"print without end",
         [](const Act&, Context&) -> Outcome {
             for (;;) std::puts("y");
         }},
        {"log until cancelled",
         [](const Act&, Context& context) -> Outcome {
             while (!context.cancelled()) context.log("y");
             throw Error("gave up");
         }},
        {"start a child and end", [](const Act& act, Context&) { return start_a_child(act), write(act); }},
        {"late hang", [](const Act& act, Context&) -> Outcome { hang(act); }},
        {"crash",
         [](const Act&, Context&) -> Outcome {
             std::puts("decoding field 7");
             std::abort();
         }},
        {"crash while writing",
         [](const Act& act, Context&) -> Outcome {
             LocalTarget(act.output()).create([](const auto& path) {
                 write_file_atomically(path, "half");
                 std::abort();
             });
             return Outcome::done;
         }},
        {"exit", [](const Act&, Context&) -> Outcome { ::_exit(3); }},
        {"write in place", [](const Act& act, Context&) { return write_in_place(act, "whole"); }},
        {"write in place and throw",
         [](const Act& act, Context&) -> Outcome { write_in_place(act, "half"), throw Error("a bad day"); }},
        {"write in place and crash",
         [](const Act& act, Context&) -> Outcome { write_in_place(act, "half"), std::abort(); }},
        {"write in place and wait",
         [](const Act& act, Context& context) {
             write_in_place(act, "half");
             return context.require(Act{.what = "write", .root = act.root}) ? Outcome::done : Outcome::waiting;
         }},
        {"run a program",
         [](const Act& act, Context& context) {
             run_subprocess(context, {.arguments = {"cp", "/dev/null", act.output().path()}});
             run_subprocess(context, {.arguments = {"printenv", "OUT"},
                                      .environment = {{"OUT", act.output().path()}},
                                      .output = act.output().path()});
             return Outcome::done;
         }},
        {"run a program that fails",
         [](const Act& act, Context& context) {
             run_subprocess(context, {.arguments = {"dd", "if=/dev/zero", "count=1", "nonsense=1",
                                                    "of=" + act.output().path().string()}});
             return Outcome::done;
         }},
        {"print",
         [](const Act& act, Context&) {
             std::puts("to standard output");
             std::fputs("to standard error, without line feed", stderr);
             return write(act);
         }},
        {"list open files", [](const Act& act, Context&) { return write(act, open_files()); }},
        {"use scratch", [](const Act& act, Context& context) { return use_scratch(act, context), Outcome::done; }},
        {"use scratch and throw",
         [](const Act& act, Context& context) -> Outcome { use_scratch(act, context), throw Error("a bad day"); }},
        {"use scratch and crash",
         [](const Act& act, Context& context) -> Outcome { use_scratch(act, context), std::abort(); }},
        {"until cancelled",
         [](const Act&, Context& context) -> Outcome {
             context.status("running");
             wait_until_cancelled(context);
             throw Error("gave up");
         }},
    };
    return all;
}

}  // namespace

Outcome Act::run(Context& context) const { return actions().at(what)(*this, context); }

void Act::on_failure(const Failure& failure) const {
    write_file_atomically(root / "failed", failure.message);
    if (what == "throw int") throw Error("on_failure failed too");
}

Outcome Dynamic::run(Context& context) const {
    if (!context.require(Act{.what = "write", .root = root})) return Outcome::waiting;
    output().write("");
    return Outcome::done;
}

void Several::run() const {
    LocalTarget(root / "last").write("");
    LocalTarget(root / "undeclared").write("");
    LocalTarget(root / "first").write("");
}

void Upload::run() const {
    output().write("content");
    if (dies) std::abort();
}

void Listen::run(Context& context) const {
    context.tracking_url("https://jobs.example/7");
    context.status("listening");
    for (std::string last; last != "stop"; std::this_thread::yield())
        for (const TaskMessage& message : context.messages()) {
            last = message.content();
            message.respond("heard " + last);
        }
    output().write("");
}

Registry test_registry() { return Registry::of<Act, Dynamic, Several, Upload, Listen>(); }

}  // namespace freshet::test
