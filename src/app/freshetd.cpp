// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"
#include "freshet/http.hpp"
#include "run/stop_signals.hpp"
#include "scheduler/api/api.hpp"
#include "scheduler/scheduler_thread.hpp"
#include "store/state_file.hpp"

#include <fmt/format.h>

#include <iostream>
#include <random>
#include <semaphore>

using namespace freshet;

namespace {

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8082;
    std::string state_path = "/var/lib/freshet/state.sqlite";
};

Options parse(const std::vector<std::string>& arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        if (i + 1 == arguments.size()) throw ParameterError(fmt::format("{}: needs a value", arguments[i]));
        const std::string& value = arguments[i + 1];
        if (arguments[i] == "--address")
            options.address = value;
        else if (arguments[i] == "--port")
            options.port = static_cast<std::uint16_t>(std::stoi(value));
        else if (arguments[i] == "--state-path")
            options.state_path = value;
        else
            throw ParameterError(fmt::format("unknown option {}", arguments[i]));
    }
    return options;
}

int serve(const Options& options) {
    const SystemClock clock;
    const auto log = make_plain_log(std::cerr, clock);
    std::counting_semaphore<> stop(0);
    const run::StopSignals signals([&] { stop.release(); });
    auto state = store::StateFile::own(options.state_path, store::this_process("freshetd", clock.now()));
    scheduler::Scheduler scheduler(state, *log, {.seed = std::random_device{}()}, clock.now());
    scheduler::SchedulerThread thread({.scheduler = scheduler, .clock = clock, .log = *log});
    scheduler::Api api(thread, clock);
    http::Server server({.address = options.address, .port = options.port, .threads = 8},
                        [&](http::Request request, http::Answer answer) { api.handle(std::move(request), std::move(answer)); });
    log->write({.event = "freshetd.ready",
                .message = fmt::format("freshetd listens on http://{}:{}", options.address, server.port())});
    stop.acquire();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return serve(parse({argv + 1, argv + argc}));
    } catch (const ParameterError& error) {
        fmt::print(stderr, "freshetd: {}\n", error.what());
        return 64;
    } catch (const std::exception& error) {
        fmt::print(stderr, "freshetd: {}\n", error.what());
        return 40;
    }
}
