// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// toys: small tasks in the folder --root that use the features of a scheduler: retries, dynamic requirements,
// resources, a process of its own, a wrapper, an external task, an event.
#include "freshet/command_line.hpp"
#include "freshet/digest.hpp"
#include "support/diary.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

using namespace freshet;
using test::append_to_log;
using namespace std::chrono_literals;

namespace {

/// Short retry pauses, for a test.
RetryPolicy quick_retries() {
    RetryPolicy policy;
    policy.attempts = 4;
    policy.first_pause = 50ms;
    policy.longest_pause = 200ms;
    return policy;
}

}  // namespace

/// Fails `failures` times before it succeeds, counted across all workers.
struct Flaky {
    std::filesystem::path root;
    int failures = 1;
    static constexpr Parameter parameters[] = {param<&Flaky::root>("folder").required(),
                                               param<&Flaky::failures>("how often it fails")};
    LocalTarget output() const { return LocalTarget(root / ("flaky" + std::to_string(failures))); }
    RetryPolicy retry() const { return quick_retries(); }
    void run(Context& context) const {
        append_to_log(root, "flaky " + std::to_string(context.attempt()));
        const auto attempts_file = root / ("tosses" + std::to_string(failures));
        std::ofstream(attempts_file, std::ios::app) << '.';
        if (static_cast<int>(std::filesystem::file_size(attempts_file)) <= failures)
            throw TransientError("toss a coin: tails");
        output().write("heads\n");
    }
};

struct Chapter {
    std::filesystem::path root;
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Chapter::root>("folder").required(),
                                               param<&Chapter::number>("which")};
    LocalTarget output() const { return LocalTarget(root / ("chapter" + std::to_string(number))); }
    void run() const { output().write("text\n"); }
};

/// Has dynamic requirements.
struct Book {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Book::root>("folder").required()};
    LocalTarget output() const { return LocalTarget(root / "book"); }
    Outcome run(Context& context) const {
        if (!context.require(std::vector{Chapter{root, 1}, Chapter{root, 2}})) return Outcome::waiting;
        output().write("bound\n");
        return Outcome::done;
    }
};

/// Uses a resource with the limit 1: no two run at once on any worker.
struct Weigh {
    std::filesystem::path root;
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Weigh::root>("folder").required(),
                                               param<&Weigh::number>("which")};
    LocalTarget output() const { return LocalTarget(root / ("weight" + std::to_string(number))); }
    Resources resources() const { return {{"scales", 1}}; }
    void run(Context& context) const {
        append_to_log(root, "weigh on");
        context.progress(0.5);
        context.status("weighing");
        std::this_thread::sleep_for(100ms);  // long enough for an overlap to be noticed
        append_to_log(root, "weigh off");
        output().write("1 kg\n");
    }
};

/// Runs in a process of its own.
struct Apart {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Apart::root>("folder").required()};
    static constexpr Isolation isolation = Isolation::process;
    LocalTarget output() const { return LocalTarget(root / "apart"); }
    void run(Context& context) const { output().write(context.is_own_process() ? "alone\n" : "together\n"); }
};

/// An external task.
struct Given {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Given::root>("folder").required()};
    static constexpr TaskKind kind = TaskKind::external;
    LocalTarget output() const { return LocalTarget(root / "given"); }
};

struct Refine {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Refine::root>("folder").required()};
    Given requirements() const { return {root}; }
    LocalTarget output() const { return LocalTarget(root / "refined"); }
    void run() const { output().write(freshet::inputs(*this).read()); }
};

/// Is made again when what is given changes, and what requires it with it. Fails while the file "block" is there.
struct Copied {
    std::filesystem::path root;
    static constexpr Staleness staleness = Staleness::rerun_downstream;
    static constexpr Parameter parameters[] = {param<&Copied::root>("folder").required()};
    Given requirements() const { return {root}; }
    LocalTarget output() const { return LocalTarget(root / "copied"); }
    void run() const {
        append_to_log(root, "copy");
        if (std::filesystem::exists(root / "block")) throw Error("copy what is given: the path is blocked");
        output().write(freshet::inputs(*this).read());
    }
};

struct AfterCopied {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&AfterCopied::root>("folder").required()};
    Copied requirements() const { return {root}; }
    LocalTarget output() const { return LocalTarget(root / "after-copied"); }
    void run() const {
        append_to_log(root, "copy again");
        output().write(freshet::inputs(*this).read());
    }
};

/// Fails permanently.
struct Broken {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Broken::root>("folder").required()};
    LocalTarget output() const { return LocalTarget(root / "broken"); }
    void run() const { throw Error("mend it: it is beyond repair"); }
};

/// Says how many of its requirements are not there.
struct Digest {
    std::filesystem::path root;
    static constexpr RequirementRule requirement_rule = RequirementRule::all_finished;
    static constexpr Parameter parameters[] = {param<&Digest::root>("folder").required()};
    std::vector<AnyTask> requirements() const { return {Broken{root}, Flaky{root, 2}}; }
    LocalTarget output() const { return LocalTarget(root / "digest"); }
    void run(Context& context) const {
        output().write(std::to_string(context.failed_requirements().size()) + " missing\n");
    }
};

/// Runs until the file "go" exists.
struct Slow {
    std::filesystem::path root;
    std::string password{};
    static constexpr Parameter parameters[] = {param<&Slow::root>("folder").required(),
                                               param<&Slow::password>("for nobody else").secret()};
    LocalTarget output() const { return LocalTarget(root / "slow"); }
    void run(Context& context) const {
        append_to_log(root, "slow begins");
        while (!std::filesystem::exists(root / "go")) {
            if (context.cancelled()) {
                append_to_log(root, "slow stops");
                throw TransientError("wait for 'go': cancelled");
            }
            std::this_thread::sleep_for(10ms);
        }
        append_to_log(root, "slow ends");
        output().write(password.empty() ? "done\n" : "done " + sha256(password) + "\n");
    }
};

/// Waits for data that never comes.
struct Early {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Early::root>("folder").required()};
    LocalTarget output() const { return LocalTarget(root / "early"); }
    void run() const { throw TransientError("fetch 'f006': not available yet", FailureClass::not_ready); }
};

struct AfterSlow {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&AfterSlow::root>("folder").required()};
    Slow requirements() const { return {root}; }
    LocalTarget output() const { return LocalTarget(root / "after-slow"); }
    void run() const { output().write("done\n"); }
};

/// One of many tasks that are ready at the same time.
struct Member {
    std::filesystem::path root;
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Member::root>("folder").required(),
                                               param<&Member::number>("which")};
    static constexpr TaskKind kind = TaskKind::external;
    bool complete() const { return std::filesystem::exists(root / "crowd"); }
};

/// Has more requirements than one call can register.
struct Census {
    std::filesystem::path root;
    int size = 20'000;
    static constexpr Parameter parameters[] = {param<&Census::root>("folder").required(),
                                               param<&Census::size>("of the crowd")};
    std::vector<Member> requirements() const {
        std::vector<Member> crowd;
        for (int number = 0; number < size; ++number) crowd.push_back({root, number});
        return crowd;
    }
    LocalTarget output() const { return LocalTarget(root / "census"); }
    void run() const { output().write(std::to_string(size) + "\n"); }
};

/// Emits an event.
struct Herald {
    std::filesystem::path root;
    int number = 1;
    static constexpr Parameter parameters[] = {param<&Herald::root>("folder").required(),
                                               param<&Herald::number>("which")};
    static constexpr bool emits_events = true;
    LocalTarget output() const {
        return LocalTarget(root / (number == 1 ? "herald" : "herald" + std::to_string(number)));
    }
    void run(Context& context) const {
        context.emit({.id = "herald-" + std::to_string(number),
                      .source = "/toys",
                      .type = "toys.done",
                      .subject = "herald " + std::to_string(number),
                      .time = context.clock().now(),
                      .key = "toys",
                      .data = 1});
        output().write("hear, hear\n");
    }
};

/// Prints by all the ways there are, on a thread of the worker.
struct Chatty {
    std::filesystem::path root;
    bool aborts = false;
    static constexpr Parameter parameters[] = {param<&Chatty::root>("folder").required(),
                                               param<&Chatty::aborts>("die of a failed assertion")};
    LocalTarget output() const { return LocalTarget(root / "chatty"); }
    void run(Context& context) const {
        std::cout << "said on cout\n";
        std::printf("said by printf\n");
        std::cerr << "said on cerr, \xff\n";
        context.log("logged \xff");
        if (aborts) {
            std::fputs("last words\n", stderr);
            std::abort();
        }
        constexpr const char* child = R"sh(echo said by a child
            echo "a child's SIGPIPE is $((0x$(sed -n 's/^SigIgn:.*\(.....\)$/\1/p' /proc/self/status) >> 12 & 1))")sh";
        if (std::system(child) != 0) throw Error("run sh: it failed");
        output().write("done\n");
    }
};

/// Logs, waits until the file "go" exists, logs again, and fails if it is to.
struct Narrator {
    std::filesystem::path root;
    bool fails = false;
    static constexpr Parameter parameters[] = {param<&Narrator::root>("folder").required(),
                                               param<&Narrator::fails>("at the end")};
    RetryPolicy retry() const { return {.attempts = 1}; }
    LocalTarget output() const { return LocalTarget(root / "story"); }
    void run(Context& context) const {
        context.log("once upon a time");
        append_to_log(root, "narrator begins");
        while (!std::filesystem::exists(root / "go") && !context.cancelled()) std::this_thread::sleep_for(10ms);
        context.log("happily ever after");
        if (fails) throw Error("tell a story: nobody listens");
        output().write("told\n");
    }
};

/// Fails, and is disabled then.
struct Fragile {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Fragile::root>("folder").required()};
    RetryPolicy retry() const {
        RetryPolicy policy;
        policy.retry_count = 1;
        return policy;
    }
    LocalTarget output() const { return LocalTarget(root / "fragile"); }
    void run() const { throw Error("lift the vase: it broke"); }
};

/// Prints while the run is planned.
struct Thoughtful {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Thoughtful::root>("folder").required()};
    bool complete() const {
        std::cout << "a \x1b[31mred thought\n";
        return false;
    }
    void run() const {}
};

/// Works until a message says "stop", and repeats all messages.
struct Parrot {
    std::filesystem::path root;
    static constexpr bool accepts_messages = true;
    static constexpr Parameter parameters[] = {param<&Parrot::root>("folder").required()};
    static constexpr Isolation isolation = Isolation::process;
    LocalTarget output() const { return LocalTarget(root / "parrot"); }
    void run(Context& context) const {
        context.tracking_url("https://jobs.example/7");
        context.status("listening");
        for (std::string last; last != "stop"; std::this_thread::sleep_for(10ms))
            for (const TaskMessage& message : context.messages()) {
                last = message.content();
                message.respond(last + "!");
            }
        output().write("done\n");
    }
};

/// Goes with other parcels in one attempt.
struct Parcel {
    std::filesystem::path root;
    std::vector<std::string> names;
    static constexpr Parameter parameters[] = {param<&Parcel::root>("folder").required(),
                                               param<&Parcel::names, batch::comma_list>("which").required()};
    static constexpr Isolation isolation = Isolation::process;
    std::vector<LocalTarget> output() const {
        std::vector<LocalTarget> outputs;
        for (const std::string& name : names) outputs.emplace_back(root / ("parcel-" + name));
        return outputs;
    }
    void run() const {
        std::string all;
        for (const std::string& name : names) all += ' ' + name;
        append_to_log(root, "parcels" + all);
        for (const LocalTarget& parcel : output()) parcel.write("sent\n");
    }
};

struct Shipment {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Shipment::root>("folder").required()};
    static constexpr TaskKind kind = TaskKind::wrapper;
    std::vector<Parcel> requirements() const { return {{root, {"a"}}, {root, {"b"}}, {root, {"c"}}}; }
};

/// A wrapper of tasks that succeed.
struct All {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&All::root>("folder").required()};
    static constexpr TaskKind kind = TaskKind::wrapper;
    std::vector<AnyTask> requirements() const {
        return {Flaky{root, 1}, Flaky{root, 2}, Book{root}, Weigh{root, 1}, Weigh{root, 2}, Apart{root}, Herald{root}};
    }
};

/// A wrapper of tasks some of which fail.
struct Mixed {
    std::filesystem::path root;
    static constexpr Parameter parameters[] = {param<&Mixed::root>("folder").required()};
    static constexpr TaskKind kind = TaskKind::wrapper;
    std::vector<AnyTask> requirements() const { return {Flaky{root, 9}, Broken{root}, Refine{root}, Chapter{root, 3}}; }
};

int main(int argc, char** argv) {
    return command_line({.name = "toys", .version = "1", .summary = "small tasks for tests"},
                        Registry::of<All, Mixed, Shipment, Parcel, Parrot, Flaky, Chapter, Book, Weigh, Apart, Given,
                                     Refine, Copied, AfterCopied, Broken, Digest, Slow, AfterSlow, Member, Census,
                                     Herald, Chatty, Narrator, Fragile, Thoughtful, Early>(),
                        argc, argv, std::cout, std::cerr);
}
