// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/serve.hpp"

#include "simulator/files.hpp"
#include "simulator/server.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <csignal>
#include <ostream>

namespace gfs::simulator {
namespace {

/// Signals that end the program, kept from every thread so that the main one can wait for them.
class StopSignals {
public:
    StopSignals() {
        ::sigemptyset(&signals_);
        ::sigaddset(&signals_, SIGTERM);
        ::sigaddset(&signals_, SIGINT);
        ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    }
    void wait() {
        int received = 0;
        ::sigwait(&signals_, &received);
    }

private:
    sigset_t signals_{};
};

}  // namespace

void serve(const ServeOptions& options, std::ostream& out) {
    if (!std::filesystem::is_directory(options.folder)) {
        throw freshet::ParameterError(
            fmt::format("'{}' is not a folder that could be served", options.folder.string()));
    }
    StopSignals stop;
    const freshet::SystemClock clock;
    Simulator simulator(options.folder, clock);
    simulator.faults().set(options.faults);
    {
        const freshet::http::Server server(
            {.address = options.address, .port = options.port},
            [&simulator](const freshet::http::Request& request) { return simulator.handle(request); });
        if (options.port_file) write_file(*options.port_file, fmt::format("{}\n", server.port()));
        out << fmt::format("serving '{}' at http://{}:{}/", options.folder.string(), options.address, server.port())
            << std::endl;
        stop.wait();
    }
    if (options.count_file) write_file(*options.count_file, simulator.statistics().pretty());
}

}  // namespace gfs::simulator
