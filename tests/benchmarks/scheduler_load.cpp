// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
//
// Load generator for a scheduler, freshetd or luigid, on a port of this machine:
//   scheduler_load fill PORT COUNT            registers COUNT pending tasks of worker W, one a call
//   scheduler_load register PORT COUNT        the same by freshetd's register_tasks, 1000 a call
//   scheduler_load cycle PORT COUNT           worker W adds a task, gets it and reports it done, COUNT times
//   scheduler_load crowd PORT WORKERS COUNT   the same by many workers at once, COUNT times each
//   scheduler_load view PORT METHOD ARGUMENTS calls a read method until it is killed
// Prints one JSON object of figures; for view, one a call.
#include "load_connection.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace freshet::test;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

/// An add_task with every argument that a Luigi worker sends.
std::string task(const std::string& worker, const std::string& id, const char* status, int priority) {
    const bool done = std::string_view(status) == "DONE";
    return fmt::format(
        R"({{"worker": "{}", "task_id": "{}", "status": "{}", "runnable": {}, "deps": {}, "new_deps": {}, "expl": {}, )"
        R"("resources": {{}}, "priority": {}, "family": "ConvertToNetcdf", "module": "pipeline", "params": )"
        R"({{"cycle": "2026-08-21T06", "lead": "{}", "root": "/data"}}, "param_visibilities": {{"cycle": 0, "lead": 0, )"
        R"("root": 0}}, "accepts_messages": false, "assistant": false, "tracking_url": null, "batchable": false, )"
        R"("batch_id": null, "retry_policy_dict": {{"retry_count": null, "disable_hard_timeout": null, )"
        R"("disable_window": null}}, "owners": []}})",
        worker, id, status, done ? "null" : "true", done ? "null" : "[]", done ? "[]" : "null",
        done ? R"("null")" : "null", priority, id.substr(id.rfind('_') + 1));
}

std::string work(const std::string& worker) {
    return fmt::format(R"({{"worker": "{}", "host": "h", "assistant": false, "current_tasks": []}})", worker);
}

/// The task assigned by a response to get_work, or "".
std::string assigned_task(const std::string& answer) {
    for (const std::string_view name : {R"("task_id": ")", R"("task_id":")"}) {
        // The last one: the ids of running tasks come before it, or after a null.
        const std::size_t at = answer.rfind(name);
        if (at == std::string::npos) continue;
        const std::size_t begin = at + name.size();
        return answer.substr(begin, answer.find('"', begin) - begin);
    }
    return {};
}

std::string pending_id(int number) { return fmt::format("ConvertToNetcdf_2026_08_21T06_{}", number); }

void fill(LoadConnection connection, int count) {
    const auto began = Clock::now();
    for (int i = 0; i < count; ++i) connection.ask("add_task", task("W", pending_id(i), "PENDING", 0));
    fmt::print("{{\"tasks\": {}, \"seconds\": {}}}\n", count, seconds_since(began));
}

void register_many(LoadConnection connection, int count) {
    constexpr int at_once = 1000;
    const auto began = Clock::now();
    for (int i = 0; i < count; i += at_once) {
        std::string tasks;
        for (int j = i; j < std::min(i + at_once, count); ++j)
            tasks += (tasks.empty() ? "" : ", ") + task("W", pending_id(j), "PENDING", 0);
        connection.ask("register_tasks", fmt::format(R"({{"tasks": [{}]}})", tasks));
    }
    fmt::print("{{\"tasks\": {}, \"seconds\": {}}}\n", count, seconds_since(began));
}

/// Adds, gets and completes new tasks, whose higher priority puts them before all waiting ones.
void cycle(LoadConnection connection, int count) {
    const auto began = Clock::now();
    for (int i = 0; i < count; ++i) {
        const std::string id = fmt::format("Now_{}_{}", ::getpid(), i);
        connection.ask("add_task", task("W", id, "PENDING", 9));
        const std::string got = assigned_task(connection.ask("get_work", work("W")));
        if (got != id) {
            fmt::print(stderr, "scheduler_load: '{}' was handed out instead of '{}'\n", got, id);
            std::exit(1);
        }
        connection.ask("add_task", task("W", id, "DONE", 0));
    }
    fmt::print("{{\"cycles\": {}, \"seconds\": {}, \"cycles_per_second\": {}}}\n", count, seconds_since(began),
               count / seconds_since(began));
}

/// A worker of the crowd: always waits for one response.
struct CrowdWorker {
    LoadConnection connection;
    std::string name{};
    int cycles = 0;
    enum class Step { add, get, done } step = Step::add;
    std::string id{};
    Clock::time_point asked{};

    void ask() {
        asked = Clock::now();
        if (step == Step::add) {
            id = fmt::format("Now_{}_{}_{}", ::getpid(), name, cycles);
            connection.send(call_text("add_task", task(name, id, "PENDING", 0)));
        } else if (step == Step::get) {
            connection.send(call_text("get_work", work(name)));
        } else {
            connection.send(call_text("add_task", task(name, id, "DONE", 0)));
        }
    }
};

double percentile(std::vector<double>& times, double share) {
    if (times.empty()) return 0;
    const auto at = times.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size() - 1));
    std::nth_element(times.begin(), at, times.end());
    return *at * 1000;
}

void crowd(std::uint16_t port, int workers, int count) {
    std::vector<CrowdWorker> members;
    std::vector<pollfd> polled;
    for (int i = 0; i < workers; ++i) {
        members.push_back({.connection = LoadConnection(port), .name = fmt::format("W{}", i)});
        polled.push_back({members.back().connection.socket(), POLLIN, 0});
    }
    std::vector<double> waits;
    long requests = 0;
    int busy = workers;
    const auto began = Clock::now();
    for (CrowdWorker& member : members) member.ask();
    while (busy > 0) {
        ::poll(polled.data(), polled.size(), -1);
        for (std::size_t i = 0; i < members.size(); ++i) {
            if ((polled[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
            CrowdWorker& member = members[i];
            const auto answer = member.connection.receive();
            if (!answer) continue;
            ++requests;
            if (member.step == CrowdWorker::Step::get) {
                waits.push_back(seconds_since(member.asked));
                member.id = assigned_task(*answer);
            }
            member.step = member.step == CrowdWorker::Step::add   ? CrowdWorker::Step::get
                          : member.step == CrowdWorker::Step::get ? CrowdWorker::Step::done
                                                                  : CrowdWorker::Step::add;
            if (member.step == CrowdWorker::Step::add && ++member.cycles == count) {
                polled[i].fd = -1;
                --busy;
                continue;
            }
            member.ask();
        }
    }
    const double seconds = seconds_since(began);
    fmt::print("{{\"requests\": {}, \"requests_per_second\": {}, \"get_work_p50_ms\": {}, \"get_work_p99_ms\": {}}}\n",
               requests, static_cast<double>(requests) / seconds, percentile(waits, 0.5), percentile(waits, 0.99));
}

void view(LoadConnection connection, const std::string& method, const std::string& arguments) {
    for (;;) {
        const auto began = Clock::now();
        const std::size_t size = connection.ask(method, arguments).size();
        fmt::print("{{\"bytes\": {}, \"seconds\": {}}}\n", size, seconds_since(began));
        std::fflush(stdout);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        fmt::print(stderr,
                   "usage: scheduler_load fill|register|cycle|crowd|view PORT COUNT|METHOD [COUNT|ARGUMENTS]\n");
        return 64;
    }
    const std::string what = argv[1];
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[2]));
    if (what == "view") view(LoadConnection(port), argv[3], argc > 4 ? argv[4] : "{}");
    const int count = std::atoi(argv[3]);
    if (what == "fill")
        fill(LoadConnection(port), count);
    else if (what == "register")
        register_many(LoadConnection(port), count);
    else if (what == "cycle")
        cycle(LoadConnection(port), count);
    else
        crowd(port, count, argc > 4 ? std::atoi(argv[4]) : 100);
}
