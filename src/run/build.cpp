// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/build.hpp"

#include "run/session.hpp"

#include <algorithm>

namespace freshet {

namespace {

class NullLog final : public Log {
public:
    void write(const LogRecord&) override {}
};

}  // namespace

bool BuildResult::succeeded() const {
    return std::all_of(tasks.begin(), tasks.end(), [](const TaskResult& report) {
        return report.status == TaskStatus::done || report.status == TaskStatus::complete;
    });
}

BuildResult build(const Registry& registry, const std::vector<AnyTask>& roots, const BuildOptions& options) {
    const SystemClock clock;
    NullLog log;
    worker::NoObserver observer;
    run::SessionOptions session;
    session.command = "freshet::build";
    session.workers = options.workers;
    session.state = options.state;
    session.sinks = options.sinks;
    return run::run_session(registry, roots, session, {.clock = clock, .log = log, .observer = observer});
}

}  // namespace freshet
