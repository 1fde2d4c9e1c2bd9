// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/process.hpp"

#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "freshet/task.hpp"
#include "process/child_setup.hpp"
#include "process/pipe.hpp"
#include "process/process_table.hpp"
#include "process/spawn.hpp"
#include "target/staging.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>

namespace freshet {

namespace {

using process::LineBuffer;
using process::Pipe;

constexpr std::chrono::seconds grace{5};       // from SIGTERM to SIGKILL
constexpr int exit_temporary_failure = 75;     // EX_TEMPFAIL of sysexits.h
constexpr int cancel_check_interval_ms = 100;  // polled: cancellation has no descriptor
constexpr const char* mark_variable = "FRESHET_SUBPROCESS";

/// Returns this process's environment with the added variables, as "NAME=value".
std::vector<std::string> environment_with(std::map<std::string, std::string> added) {
    std::vector<std::string> all;
    for (char** entry = ::environ; *entry; ++entry) {
        const std::string_view text = *entry;
        if (!added.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
    }
    for (const auto& [name, value] : added) all.push_back(name + "=" + value);
    return all;
}

/// Returns the argument, or the value in "--name=value", with the staged path where it is one of the attempt's outputs.
std::string with_staged_path(const std::string& argument, const std::filesystem::path& folder,
                             target::Staging& staging) {
    const auto equals = argument.find('=');
    for (const std::size_t begin : {std::size_t{0}, equals == argument.npos ? argument.size() : equals + 1}) {
        if (begin >= argument.size()) continue;
        if (const auto staged = staging.redirect(folder / argument.substr(begin)))
            return argument.substr(0, begin) + staged->native();
    }
    return argument;
}

Subprocess with_staged_paths(Subprocess call, target::Staging& staging) {
    for (std::size_t i = 1; i < call.arguments.size(); ++i)
        call.arguments[i] = with_staged_path(call.arguments[i], call.folder, staging);
    for (auto& [name, value] : call.environment) value = with_staged_path(value, call.folder, staging);
    if (call.output)
        if (auto staged = staging.redirect(*call.output)) call.output = std::move(staged);
    return call;
}

/// An external program from its start to its end.
class RunningSubprocess {
public:
    RunningSubprocess(Context& context, const Subprocess& call)
        : context_(context),
          call_(call),
          stdout_lines_([&](const std::string& line) { context.log(line); }),
          stderr_lines_([&](const std::string& line) { context.log(line); }) {
        if (call.arguments.empty()) throw Error("run a program: no arguments");
    }

    void run() {
        start();
        const int status = wait();
        if (is_cancelled_) throw TransientError(error_message("cancelled"));
        if (WIFEXITED(status) && WEXITSTATUS(status) == exit_temporary_failure)
            throw TransientError(failure_message(status));
        if (status != 0) throw Error(failure_message(status));
    }

private:
    /// An attempt in a process of its own is killed with its group, so the program must stay in that group.
    bool has_own_group() const { return !context_.is_own_process(); }

    std::string error_message(std::string_view reason) const {
        return fmt::format("run '{}': {}", call_.arguments.front(), reason);
    }

    std::string failure_message(int status) const {
        std::string message = process::describe_wait_status(status);
        const std::string out = stdout_lines_.last(), err = stderr_lines_.last();
        if (!err.empty() && !out.empty())
            message += fmt::format("; last lines of standard error: {}; of standard output: {}", err, out);
        else if (!err.empty() || !out.empty())
            message += "; last lines: " + err + out;
        return error_message(message);
    }

    /// The variables of the call, the traceparent of the run, and a mark by which kill_remains() finds descendants.
    std::map<std::string, std::string> added_environment() const {
        std::map<std::string, std::string> added = call_.environment;
        if (!context_.traceparent().empty()) added.emplace("TRACEPARENT", context_.traceparent());
        if (!has_own_group()) return added;
        const char* const outer = std::getenv(mark_variable);  // of a program in which this one runs
        added[mark_variable] = outer ? fmt::format("{},{}", outer, mark_) : mark_;
        return added;
    }

    void start() {
        Pipe stdout_pipe = process::make_pipe();
        Pipe stderr_pipe = process::make_pipe();
        if (call_.output) stdout_pipe.writer = open_file(*call_.output, O_WRONLY | O_CREAT | O_TRUNC);
        process::SpawnedProcess spawned = process::spawn({.arguments = call_.arguments,
                                                          .environment = environment_with(added_environment()),
                                                          .folder = call_.folder,
                                                          .output = stdout_pipe.writer.get(),
                                                          .error = stderr_pipe.writer.get(),
                                                          .has_own_group = has_own_group()});
        pid_ = spawned.pid;
        pidfd_ = std::move(spawned.pidfd);
        out_ = std::move(stdout_pipe.reader);
        err_ = std::move(stderr_pipe.reader);
    }

    int wait() {
        const auto add_to_stdout = [&](std::string_view bytes) { stdout_lines_.append(bytes); };
        const auto add_to_stderr = [&](std::string_view bytes) { stderr_lines_.append(bytes); };
        while (!has_ended()) {
            std::array<pollfd, 3> polled{{{pidfd_.get(), POLLIN, 0}, {out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}}};
            ::poll(polled.data(), polled.size(), cancel_check_interval_ms);
            process::read_available(out_, add_to_stdout);
            process::read_available(err_, add_to_stderr);
            terminate_if_cancelled();
        }
        if (has_own_group()) kill_remains();
        process::drain(out_, add_to_stdout);
        process::drain(err_, add_to_stderr);
        stdout_lines_.finish();
        stderr_lines_.finish();
        int status = 0;
        ::waitpid(pid_, &status, 0);
        return status;
    }

    /// Kills what the program has left in the background, in its process group or with its mark in the environment.
    void kill_remains() {
        const std::string left =
            process::kill_processes([&] { return process::processes_with_environment(mark_); }, dying_group_);
        ::kill(-pid_, SIGKILL);
        if (!left.empty()) context_.warn(error_message(left));
    }

    bool has_ended() const {
        siginfo_t info{};
        return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
    }

    void terminate_if_cancelled() {
        if (!context_.cancelled()) return;
        const auto now = context_.clock().steady_now();
        const pid_t target_pid = has_own_group() ? -pid_ : pid_;
        if (!is_cancelled_) {
            is_cancelled_ = true;
            kill_at_ = now + grace;
            ::kill(target_pid, SIGTERM);
        } else if (now >= kill_at_) {
            dying_group_ = pid_;
            ::kill(target_pid, SIGKILL);
        }
    }

    Context& context_;
    const Subprocess& call_;
    LineBuffer stdout_lines_;
    LineBuffer stderr_lines_;
    const std::string mark_ = uuid4();
    pid_t pid_ = -1;
    pid_t dying_group_ = 0;  // once it was killed
    FileDescriptor pidfd_;
    FileDescriptor out_;
    FileDescriptor err_;
    bool is_cancelled_ = false;
    std::chrono::steady_clock::time_point kill_at_{};
};

}  // namespace

void run_subprocess(Context& context, const Subprocess& call) {
    target::Staging* staging = target::Staging::current();
    if (!staging) return RunningSubprocess(context, call).run();
    try {
        RunningSubprocess(context, with_staged_paths(call, *staging)).run();
        staging->collect();
    } catch (const std::exception& error) {
        if (staging->withdraw()) throw DiskFullError(fmt::format("{}: no space left on device", error.what()));
        throw;
    }
}

}  // namespace freshet
