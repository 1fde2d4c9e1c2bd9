// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/attempt_main.hpp"

#include "base/files.hpp"
#include "process/attempt_protocol.hpp"
#include "process/child_setup.hpp"
#include "process/pipe.hpp"
#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstdio>

namespace freshet::process {

namespace {

using worker::Attempt;
using worker::AttemptResult;
using worker::AttemptServices;
using worker::Message;
using worker::MessageReporter;
using worker::ProcessServices;

volatile std::sig_atomic_t termination_requested = 0;  // a global, for the signal handler

void on_sigterm(int) { termination_requested = 1; }

void install_sigterm_handler() {
    struct sigaction action {};
    action.sa_handler = &on_sigterm;
    action.sa_flags = SA_RESTART;  // not every library retries interrupted calls
    ::sigaction(SIGTERM, &action, nullptr);
}

/// Closes all files but the standard streams, `pipes.messages` and the retired ones.
void redirect_files(const AttemptPipes& pipes, std::vector<int> retired) {
    ::dup2(open_file("/dev/null", O_RDONLY).get(), STDIN_FILENO);
    ::dup2(pipes.output, STDOUT_FILENO);
    ::dup2(pipes.output, STDERR_FILENO);
    retired.push_back(pipes.messages);
    if (pipes.inbox >= 0) retired.push_back(pipes.inbox);
    close_other_fds(std::move(retired));
    // Line buffering, so that a crash loses no line. A stream already in use needs a buffer of our own for the change.
    static std::array<char, BUFSIZ> buffer;
    std::setvbuf(stdout, buffer.data(), _IOLBF, buffer.size());
}

/// One attempt, or one call of on_failure, as the request says.
class AttemptProcess {
public:
    AttemptProcess(const Json& request, const Registry& registry, const AttemptPipes& pipes)
        : request_(request), registry_(registry), messages_(pipes.messages), inbox_(pipes.inbox) {}

    void run() {
        try {
            const Attempt attempt = attempt_from_json(request_.at("attempt"), registry_);
            const Json* failure = request_.find("failure");
            failure ? report_failure(attempt, *failure) : run(attempt);
        } catch (const std::exception& error) {
            send(AttemptResult{.token = {}, .failure = {FailureClass::permanent, error.what()}});
        }
    }

private:
    void run(const Attempt& attempt) {
        AttemptServices services = services_.attempt_services();
        services.is_own_process = true;
        services.take_messages = [this] { return take_messages(); };
        MessageReporter reporter({}, [this](const Message& message) { send(message); });
        send(worker::run_attempt(attempt, services, reporter, [] { return termination_requested != 0; }));
    }

    void report_failure(const Attempt& attempt, const Json& failure) {
        MessageReporter reporter({}, [this](const Message& message) { send(message); });
        worker::call_on_failure(attempt.task, failure_from_json(failure), reporter);
    }

    std::vector<worker::IncomingMessage> take_messages() const {
        std::vector<worker::IncomingMessage> messages;
        while (const auto packet = receive_packet(inbox_))
            messages.push_back(incoming_message_from_json(Json::parse(*packet)));
        return messages;
    }

    void send(const Message& message) {
        write_all(messages_, encode_frame(to_json(message).text()), "the worker's pipe");
    }

    const Json& request_;
    const Registry& registry_;
    SystemClock clock_;
    ProcessServices services_{clock_};
    FileDescriptor messages_;
    FileDescriptor inbox_;
};

}  // namespace

void run_attempt_process(pid_t parent, const Json& request, const Registry& registry, const AttemptPipes& pipes,
                         const std::vector<int>& retired) noexcept {
    die_with_parent(parent, SIGKILL);
    ::setpgid(0, 0);
    reset_signals();
    install_sigterm_handler();
    try {
        redirect_files(pipes, retired);
        AttemptProcess(request, registry, pipes).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    std::fflush(nullptr);
    ::_exit(0);  // without the destructors of objects inherited from the worker
}

}  // namespace freshet::process
