// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "simulator/publish.hpp"
#include "support/temp_dir.hpp"

#include "freshet/file.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

namespace {

/// The program itself, started with its output in a pipe.
class SimulatorProcess {
public:
    explicit SimulatorProcess(std::vector<std::string> args) {
        args.insert(args.begin(), GFS_MIRROR_PROGRAM);
        std::vector<char*> arguments;
        for (auto& arg : args) arguments.push_back(arg.data());
        arguments.push_back(nullptr);
        std::array<int, 2> pipe{};
        REQUIRE(::pipe(pipe.data()) == 0);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
        REQUIRE(::posix_spawn(&pid_, args[0].c_str(), &actions, nullptr, arguments.data(), environ) == 0);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(pipe[1]);
        out_ = ::fdopen(pipe[0], "r");
    }
    ~SimulatorProcess() {
        if (pid_ > 0) ::kill(pid_, SIGKILL);
        if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
        std::fclose(out_);
    }
    SimulatorProcess(const SimulatorProcess&) = delete;
    SimulatorProcess& operator=(const SimulatorProcess&) = delete;

    /// Waits for the next line of output.
    std::string line() {
        std::array<char, 512> text{};
        return std::fgets(text.data(), text.size(), out_) == nullptr ? "" : text.data();
    }
    /// Asks it to stop, and tells its exit code.
    int stop() {
        ::kill(pid_, SIGTERM);
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_ = 0;
    FILE* out_ = nullptr;
};

}  // namespace

TEST_CASE("the simulator reports when it is ready, serves, and stops on SIGTERM", "[gfs]") {
    const freshet::test::TempDir folder;
    freshet::write_file_atomically(folder / "root" / "f", "0123456789");
    const auto root = (folder / "root").string();
    SimulatorProcess simulator(
        {"serve", root, "--port-file", (folder / "port").string(), "--count-file", (folder / "count").string()});
    const auto line = simulator.line();
    const int port = std::stoi(freshet::read_file(folder / "port"));
    CHECK(line == fmt::format("serving '{}' at http://127.0.0.1:{}/\n", root, port));
    const auto response = freshet::http::make_client()->send({.url = fmt::format("http://127.0.0.1:{}/f", port)});
    CHECK(response.body == "0123456789");
    CHECK(simulator.stop() == 0);
    CHECK(freshet::Json::parse(freshet::read_file(folder / "count")).at("bytes").as_integer() == 10);
}
