// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// household: tasks that print much, start daemons and leave orphans, on threads and in processes of their own.
#include "freshet/command_line.hpp"
#include "freshet/inherit_parameters.hpp"
#include "freshet/process.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

using namespace freshet;
using namespace std::chrono_literals;

namespace {

/// Says `count` lines of 80 letters in the given way.
void say(const std::string& way, int count, Context& context) {
    const std::string line(80, 'x');
    const std::map<std::string, std::function<void()>> ways{
        {"log", [&] { context.log(line); }},
        {"status", [&] { context.status(line); }},
        {"print", [&] { std::cout << line << '\n'; }},
    };
    if (way == "program")
        run_subprocess(context, {.arguments = {"sh", "-c", "yes " + line + " | head -n " + std::to_string(count)}});
    else
        for (const auto& one = ways.at(way); count > 0; --count) one();
    std::cout.flush();
}

/// Starts a daemon, waits until it runs and appends its process id to "pids"; then ends in the given way.
void leave(const std::string& end, const std::filesystem::path& root, Context& context) {
    constexpr const char* script = R"sh(rm -f fifo; mkfifo fifo &&
        setsid -f sh -c 'echo $$ > fifo; exec sleep 1000' > /dev/null 2>&1 && read pid < fifo && echo $pid >> pids)sh";
    run_subprocess(context, {.arguments = {"sh", "-c", end == "late" ? std::string(script) + "; sleep 1000" : script},
                             .folder = root});
    if (end == "badly") throw TransientError("a bad day");
}

RetryPolicy three_attempts() {
    RetryPolicy policy;
    policy.attempts = 3;
    policy.first_pause = 1ms;
    policy.longest_pause = 1ms;
    return policy;
}

int count_zombies() {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream stat(entry.path() / "stat");
        std::string text;
        std::getline(stat, text);
        if (const auto end = text.rfind(')'); end != text.npos && text.substr(end).starts_with(") Z")) ++count;
    }
    return count;
}

}  // namespace

/// Prints, on a thread of the worker.
struct Loud {
    std::string way;
    int count = 0;
    static constexpr Parameter parameters[] = {param<&Loud::way>("log, status, print or program").required(),
                                               param<&Loud::count>("number of lines")};
    bool complete() const { return false; }
    void run(Context& context) const { say(way, count, context); }
};

/// The same in a process of its own.
struct LoudApart : Loud {
    static constexpr auto parameters = inherit_parameters<Loud, LoudApart>();
    static constexpr Isolation isolation = Isolation::process;
};

/// Leaves a daemon, on a thread of the worker.
struct Untidy {
    std::filesystem::path root;
    std::string end = "well";
    static constexpr Parameter parameters[] = {param<&Untidy::root>("folder").required(),
                                               param<&Untidy::end>("well, badly or late")};
    LocalTarget output() const { return LocalTarget(root / "output"); }
    RetryPolicy retry() const { return three_attempts(); }
    std::chrono::milliseconds timeout() const { return end == "late" ? 1s : 0s; }
    void run(Context& context) const {
        leave(end, root, context);
        output().write("");
    }
};

/// The same in a process of its own.
struct UntidyApart : Untidy {
    static constexpr auto parameters = inherit_parameters<Untidy, UntidyApart>();
    static constexpr Isolation isolation = Isolation::process;
};

/// Starts processes that lose their parent and end by themselves, and fails if they stay zombies.
struct Orphans {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Orphans::root>("folder").required()};
    LocalTarget output() const { return LocalTarget(root / "output"); }
    void run(Context& context) const {
        run_subprocess(context, {.arguments = {"sh", "-c", "for i in 1 2 3 4 5; do setsid -f true; done"}});
        const auto give_up = std::chrono::steady_clock::now() + 10s;
        while (count_zombies() > 0) {
            if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("zombies stay");
            std::this_thread::sleep_for(10ms);
        }
        output().write("");
    }
};

/// Says "ready" in a FIFO, and waits for another one.
struct Patient {
    std::filesystem::path root;
    std::string password{};
    static constexpr Parameter parameters[] = {param<&Patient::root>("folder").required(),
                                               param<&Patient::password>("for nobody else").secret()};
    LocalTarget output() const { return LocalTarget(root / "output"); }
    void run() const {
        std::ofstream(root / "ready") << "ready\n" << std::flush;
        std::ifstream(root / "go").get();
        output().write("");
    }
};

/// Waits for Patient.
struct Next {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Next::root>("folder").required()};
    Patient requirements() const { return {root}; }
    LocalTarget output() const { return LocalTarget(root / "next"); }
    void run() const { output().write(""); }
};

int main(int argc, char** argv) {
    return command_line({.name = "household", .version = "1"},
                        Registry::of<Loud, LoudApart, Untidy, UntidyApart, Orphans, Patient, Next>(), argc, argv,
                        std::cout, std::cerr);
}
