// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/metrics_file.hpp"
#include "cli/command_line.hpp"
#include "freshet/file.hpp"
#include "freshet/metrics.hpp"
#include "store/outbox.hpp"
#include "support/skip.hpp"
#include "toys.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <cstdlib>

namespace freshet {

using test::contains;
using test::TestProgram;
using namespace std::chrono_literals;

namespace {

std::filesystem::path metrics_of(const TestProgram& toys) { return toys.folder / "metrics/toys.prom"; }

int run_job(TestProgram& toys, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--folder", toys.data(), "--metrics-file", metrics_of(toys).string()});
    return toys.run(arguments);
}

bool has_line(const std::string& text, const std::string& line) {
    return text.starts_with(line + "\n") || contains(text, "\n" + line + "\n");
}

}  // namespace

TEST_CASE("a run writes its end into the metrics file, for everybody to read", "[metrics]") {
    TestProgram toys;
    const auto usual = ::umask(077);
    CHECK(run_job(toys, {"Sum"}) == 0);
    ::umask(usual);
    const std::string text = read_file(metrics_of(toys));
    CHECK(has_line(text, R"(job_last_success_unixtime{pipeline="toys",task="Sum"} 1787292000)"));
    CHECK(has_line(text, R"(job_last_completion_unixtime{pipeline="toys",task="Sum"} 1787292000)"));
    CHECK(has_line(text, R"(job_duration_seconds{pipeline="toys",task="Sum"} 0)"));
    CHECK(has_line(text, R"(job_exit_status{pipeline="toys",task="Sum"} 0)"));
    CHECK(has_line(text, R"(job_tasks{pipeline="toys",task="Sum",state="ran"} 4)"));
    CHECK((std::filesystem::status(metrics_of(toys)).permissions() & std::filesystem::perms::others_read) !=
          std::filesystem::perms::none);
    CHECK(std::distance(std::filesystem::directory_iterator(metrics_of(toys).parent_path()), {}) == 1);
}

TEST_CASE("promtool accepts the metrics file", "[metrics]") {
    if (std::system("command -v promtool > /dev/null 2>&1") != 0) return test::skip("promtool is not installed");
    TestProgram toys;
    REQUIRE(run_job(toys, {"Sum"}) == 0);
    const std::string command = fmt::format("promtool check metrics < '{}' > '{}' 2>&1", metrics_of(toys).string(),
                                            (toys.folder / "said").string());
    const int code = std::system(command.c_str());
    INFO(read_file(toys.folder / "said"));
    CHECK(code == 0);
}

TEST_CASE("a failed run keeps the time of the job's last success in the metrics file", "[metrics]") {
    TestProgram toys;
    REQUIRE(run_job(toys, {"Report"}) == 0);
    std::filesystem::remove_all(toys.data());
    toys.clock.advance(1h);
    CHECK(run_job(toys, {"Report", "--broken"}) == 30);
    const std::string text = read_file(metrics_of(toys));
    CHECK(has_line(text, R"(job_last_success_unixtime{pipeline="toys",task="Report"} 1787292000)"));
    CHECK(has_line(text, R"(job_last_completion_unixtime{pipeline="toys",task="Report"} 1787295600)"));
    CHECK(has_line(text, R"(job_exit_status{pipeline="toys",task="Report"} 30)"));
}

TEST_CASE("a job that never succeeded has no time of a success", "[metrics]") {
    TestProgram toys;
    CHECK(run_job(toys, {"Broken"}) == 30);
    CHECK_FALSE(contains(read_file(metrics_of(toys)), "job_last_success_unixtime{"));
    CHECK(run_job(toys, {"Sum"}) == 0);
    CHECK(run_job(toys, {"Broken"}) == 30);  // the success was of another job
    CHECK_FALSE(contains(read_file(metrics_of(toys)), "job_last_success_unixtime{"));
}

TEST_CASE("a job whose events are undelivered has succeeded only if all is complete", "[metrics]") {
    TestProgram toys;
    const auto write = [&](bool is_complete) {
        std::filesystem::remove(metrics_of(toys));
        return run::write_metrics_file(metrics_of(toys),
                                       {.status = ExitStatus::undelivered, .is_complete = is_complete});
    };
    CHECK(write(true).empty());
    CHECK(contains(read_file(metrics_of(toys)), "\njob_last_success_unixtime "));
    CHECK(write(false).empty());
    CHECK_FALSE(contains(read_file(metrics_of(toys)), "\njob_last_success_unixtime "));
}

TEST_CASE("the metrics of events name their outbox and the time of reading, so that the last of several jobs counts",
          "[metrics]") {
    TestProgram toys;
    const auto path = toys.folder / "state.sqlite";
    {
        auto state = store::StateFile::open_exclusive(path, store::this_process("run", toys.clock.now()));
        auto transaction = state.begin();
        store::Outbox(state).add_sinks({"web"}, toys.clock.now());
        transaction.commit(store::Durability::crash);
    }
    const run::JobMetrics job{.labels = {{"task", "deliver"}}, .ended = toys.clock.now(), .state = path};
    CHECK(run::write_metrics_file(metrics_of(toys), job).empty());
    const std::string text = read_file(metrics_of(toys));
    CHECK(has_line(text,
                   fmt::format(R"(freshet_outbox_pending{{task="deliver",sink="web",outbox="{}"}} 0)", path.string())));
    CHECK(
        has_line(text, fmt::format(R"(freshet_outbox_read_timestamp_seconds{{task="deliver",outbox="{}"}} 1787292000)",
                                   path.string())));
    CHECK_FALSE(run::is_of_other_job(metrics_of(toys), job.labels));
    CHECK(run::is_of_other_job(metrics_of(toys), {{"task", "Sum"}}));
    CHECK_FALSE(run::is_of_other_job(toys.folder / "none.prom", job.labels));
}

TEST_CASE("a state that cannot be read keeps no metric but those of events from the file", "[metrics]") {
    TestProgram toys;
    const auto state = toys.folder / "damaged.sqlite";
    write_file_atomically(state, "no database");
    const std::string problem = run::write_metrics_file(
        metrics_of(toys), {.status = ExitStatus::scheduling_error, .is_complete = false, .state = state});
    CHECK(contains(problem, "damaged.sqlite"));
    CHECK(has_line(read_file(metrics_of(toys)), "job_exit_status 35"));
}

TEST_CASE("a run that cannot begin writes its exit status into the metrics file", "[metrics]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Snake", "--metrics-file", metrics_of(toys).string()}) == 35);
    CHECK(has_line(read_file(metrics_of(toys)), R"(job_exit_status{pipeline="toys",task="Snake"} 35)"));
}

TEST_CASE("metrics that cannot be written are told and leave the run as it is", "[metrics]") {
    TestProgram toys;
    CHECK(toys.run({"run", "Sum", "--folder", toys.data(), "--metrics-file", "/proc/nowhere/toys.prom"}) == 0);
    CHECK(contains(toys.error_output(), "metrics are not written: "));
}

TEST_CASE("a program adds labels and metrics of its own to the metrics file", "[metrics]") {
    TestProgram toys;
    const Program program{
        .name = "toys",
        .version = "1",
        .job_labels =
            [](const AnyTask&) {
                return Values{{"dataset", "numbers"}};
            },
        .add_metrics =
            [](const FinishedRun&, MetricsWriter& out) {
                out.family("numbers_largest", "gauge", "The largest number.");
                out.sample({{"base", "10"}}, 3);
                throw Error("count numbers: there are too many");
            },
    };
    CHECK(cli::run_program(program, toys.registry,
                           {"run", "Sum", "--folder", toys.data(), "--metrics-file", metrics_of(toys).string()},
                           toys.cli) == 0);
    const std::string text = read_file(metrics_of(toys));
    CHECK(has_line(text, R"(job_exit_status{pipeline="toys",task="Sum",dataset="numbers"} 0)"));
    CHECK(has_line(text, R"(numbers_largest{pipeline="toys",task="Sum",dataset="numbers",base="10"} 3)"));
    CHECK(contains(toys.error_output(), "metrics of toys are incomplete: count numbers: there are too many"));
}

}  // namespace freshet
