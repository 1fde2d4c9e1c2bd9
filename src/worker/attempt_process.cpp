// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/attempt_process.hpp"

#include "base/files.hpp"
#include "worker/attempt_json.hpp"
#include "worker/frames.hpp"
#include "worker/message_reporter.hpp"
#include "worker/own_process.hpp"
#include "worker/toolbox.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstdio>

namespace freshet::worker {

namespace {

volatile std::sig_atomic_t asked_to_end = 0;  // a signal handler can reach nothing but globals

void note_request_to_end(int) { asked_to_end = 1; }

void watch_for_request_to_end() {
    struct sigaction action {};
    action.sa_handler = &note_request_to_end;
    action.sa_flags = SA_RESTART;  // libraries that do not expect interrupted calls must not fail by it
    ::sigaction(SIGTERM, &action, nullptr);
}

/// Leaves the standard streams and `news`, which gets the number first_kept.
void arrange_files(int news, int output) {
    ::dup2(open_file("/dev/null", O_RDONLY).get(), STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    keep_only({news}, StandardStreams::keep);
    // Line by line, since what was printed before a crash tells where it was. Without a buffer of its own, a stream that
    // was used before goes on as it was.
    static std::array<char, BUFSIZ> buffer;
    std::setvbuf(stdout, buffer.data(), _IOLBF, buffer.size());
}

class AttemptProcess {
public:
    AttemptProcess(const Json& request, const Registry& registry) : request_(request), registry_(registry) {}

    void run() {
        try {
            const Attempt attempt = attempt_from_json(request_.at("attempt"), registry_);
            const Json* failure = request_.find("failure");
            failure ? report(attempt, *failure) : run(attempt);
        } catch (const std::exception& error) {
            send(AttemptResult{.token = {}, .failure = {FailureClass::permanent, error.what()}});
        }
    }

private:
    void run(const Attempt& attempt) {
        Tools tools = toolbox_.tools();
        tools.is_own_process = true;
        MessageReporter reporter({}, [this](const Message& message) { send(message); });
        send(run_attempt(attempt, tools, reporter, [] { return asked_to_end != 0; }));
    }

    void report(const Attempt& attempt, const Json& failure) {
        MessageReporter reporter({}, [this](const Message& message) { send(message); });
        call_on_failure(attempt.task, failure_from_json(failure), reporter);
    }

    void send(const Message& message) { write_all(news_, framed(to_json(message).text()), "the worker's pipe"); }

    const Json& request_;
    const Registry& registry_;
    SystemClock clock_;
    Toolbox toolbox_{clock_};
    FileDescriptor news_{first_kept};
};

}  // namespace

void be_attempt(pid_t parent, const Json& request, const Registry& registry, int news, int output) noexcept {
    die_with(parent, SIGKILL);
    ::setpgid(0, 0);
    reset_signals();
    watch_for_request_to_end();
    try {
        arrange_files(news, output);
        AttemptProcess(request, registry).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    std::fflush(nullptr);
    ::_exit(0);  // destructors of what the worker made are the worker's business
}

}  // namespace freshet::worker
