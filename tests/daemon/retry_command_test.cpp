// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"
#include "daemon/operator_tool.hpp"
#include "freshet/registry.hpp"
#include "scheduler/scheduler.hpp"
#include "store/state_file.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace freshet;
using Catch::Matchers::Contains;

namespace {

/// The program `freshet` and a state with failed tasks of the family Load.
class RetryFixture {
protected:
    RetryFixture() {
        const auto add = [](const std::string& id, const std::string& day, rpc::Status status) {
            return rpc::AddTask{
                .worker = "W", .task_id = id, .status = status, .family = "Load", .params = {{"day", day}}};
        };
        auto state = store::StateFile::open_exclusive(path_, {});
        test::FakeLog log;
        scheduler::Scheduler scheduler(state, log, {}, clock_.now());
        scheduler.execute(std::vector<rpc::Request>{add("Load_1", "one", rpc::Status::failed),
                                                    add("Load_2", "two words", rpc::Status::failed)},
                          clock_.now());
    }

    int run(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--state", path_.string()});
        out_.str("");
        err_.str("");
        return cli::run_program(daemon::operator_program(), Registry::of<>(), daemon::operator_table(), arguments,
                                cli_);
    }
    std::string output() const { return out_.str(); }
    std::string errors() const { return err_.str(); }

private:
    test::TempDir folder_;
    std::filesystem::path path_ = folder_ / "state.sqlite";
    test::FakeClock clock_;
    std::ostringstream out_, err_;
    cli::CliContext cli_{.out = out_, .err = err_, .clock = clock_, .environment = {}, .system_folder = folder_.path()};
};

}  // namespace

TEST_CASE_METHOD(RetryFixture, "all failed tasks of a family are retried", "[operate]") {
    CHECK(run({"retry", "Load", "--all"}) == 0);
    CHECK(output() == "2 tasks of Load are PENDING now\n  Load_1\n  Load_2\n");
    CHECK(run({"retry", "Load", "--all"}) == 0);
    CHECK(output() == "0 tasks of Load are PENDING now\n");
}

TEST_CASE_METHOD(RetryFixture, "all tasks of no family cannot be retried", "[operate]") {
    CHECK(run({"retry", "--all"}) == 64);
    CHECK_THAT(errors(), Contains("retry --all: a FAMILY is required\n"));
}

TEST_CASE_METHOD(RetryFixture, "an id is no family of which all tasks could be retried", "[operate]") {
    CHECK(run({"retry", "Load_1", "--all"}) == 64);
    CHECK_THAT(errors(), Contains("retry --all: a FAMILY is required, and 'Load_1' is a task\n"));
}

TEST_CASE_METHOD(RetryFixture, "options that tell tasks of a family apart can be pasted", "[operate]") {
    CHECK(run({"retry", "Load"}) == 64);
    CHECK_THAT(errors(), Contains("--day one (Load_1), --day 'two words' (Load_2)"));
}
