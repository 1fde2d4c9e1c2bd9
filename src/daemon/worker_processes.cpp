// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/worker_processes.hpp"

#include "base/files.hpp"
#include "process/child_setup.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace freshet::daemon {

namespace {

constexpr int cannot_execute = 127;  // as shells have it

/// In the child. Its own group, so that a terminal's Ctrl-C reaches only the autoscaler, which then drains it.
[[noreturn]] void become_worker(pid_t parent, char* const* arguments) {
    process::die_with_parent(parent, SIGTERM);
    ::setpgid(0, 0);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);  // the autoscaler's own output is its log
    process::reset_signals();
    ::execvp(arguments[0], arguments);
    ::_exit(cannot_execute);
}

}  // namespace

pid_t WorkerProcesses::start() {
    std::vector<char*> arguments;
    for (std::string& argument : command_) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw_system_error("start a worker:", command_.front(), errno);
    if (pid == 0) become_worker(parent, arguments.data());
    workers_.push_back({.pid = pid, .started = clock_.now()});
    return pid;
}

std::vector<pid_t> WorkerProcesses::drain(std::size_t count) {
    std::vector<pid_t> drained;
    for (auto worker = workers_.rbegin(); worker != workers_.rend() && drained.size() < count; ++worker) {
        if (worker->is_draining) continue;
        worker->is_draining = true;
        ::kill(worker->pid, SIGTERM);
        drained.push_back(worker->pid);
    }
    return drained;
}

void WorkerProcesses::abort_draining() const {
    for (const Worker& worker : workers_)
        if (worker.is_draining) ::kill(worker.pid, SIGTERM);
}

std::vector<WorkerProcesses::Ended> WorkerProcesses::reap() {
    std::vector<Ended> ended;
    std::erase_if(workers_, [&](const Worker& worker) {
        int status = 0;
        if (::waitpid(worker.pid, &status, WNOHANG) != worker.pid) return false;
        ended.push_back({worker.pid, status, clock_.now() - worker.started, worker.is_draining});
        return true;
    });
    return ended;
}

std::size_t WorkerProcesses::active() const {
    return static_cast<std::size_t>(std::ranges::count(workers_, false, &Worker::is_draining));
}

}  // namespace freshet::daemon
