// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/tasks.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"

#include <cerrno>
#include <functional>
#include <map>
#include <new>
#include <thread>

namespace freshet::test {

namespace {

Event event() { return {.id = "e1", .source = "/test", .type = "t", .subject = "s", .time = {}, .key = "k", .data = Json()}; }

using Doing = std::function<Outcome(const Act&, Context&)>;

Outcome write(const Act& act, const std::string& content = "content") {
    act.output().write(content);
    return Outcome::done;
}

const std::map<std::string, Doing, std::less<>>& acts() {
    static const std::map<std::string, Doing, std::less<>> all{
        {"write", [](const Act& act, Context&) { return write(act); }},
        {"nothing", [](const Act&, Context&) { return Outcome::done; }},
        {"wait for nothing", [](const Act&, Context&) { return Outcome::waiting; }},
        {"tell the password", [](const Act& act, Context&) { return write(act, act.password); }},
        {"throw", [](const Act& act, Context&) -> Outcome { write(act), throw Error("a bad day"); }},
        {"throw int", [](const Act&, Context&) -> Outcome { throw 1; }},
        {"exhaust memory", [](const Act&, Context&) -> Outcome { throw std::bad_alloc(); }},
        {"fill the disk", [](const Act& act, Context&) -> Outcome { throw_system_error("writing", act.root, ENOSPC); }},
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
             context.announce(event());
             return write(act);
         }},
        {"late",
         [](const Act&, Context& context) -> Outcome {
             while (!context.cancelled()) std::this_thread::yield();
             throw Error("gave up");
         }},
        {"until cancelled",
         [](const Act&, Context& context) -> Outcome {
             context.status("running");
             while (!context.cancelled()) std::this_thread::yield();
             throw Error("gave up");
         }},
    };
    return all;
}

}  // namespace

Outcome Act::run(Context& context) const { return acts().at(what)(*this, context); }

void Act::on_failure(const Failure& failure) const {
    write_file_atomically(root / "failed", failure.message);
    if (what == "throw int") throw Error("on_failure failed too");
}

Outcome Dynamic::run(Context& context) const {
    if (!context.need(Act{.what = "write", .root = root})) return Outcome::waiting;
    output().write("");
    return Outcome::done;
}

void Several::run() const {
    LocalTarget(root / "last").write("");
    LocalTarget(root / "undeclared").write("");
    LocalTarget(root / "first").write("");
}

Registry test_registry() { return Registry::of<Act, Dynamic, Several>(); }

}  // namespace freshet::test
