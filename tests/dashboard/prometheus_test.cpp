// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/prometheus.hpp"
#include "base/files.hpp"
#include "dashboard/prometheus.hpp"
#include "sample_scenario.hpp"
#include "support/skip.hpp"
#include "support/temp_dir.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <limits>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;

namespace {

std::string metrics_of(const SchedulerHarness& harness, const std::vector<SinkBacklog>& backlogs = {}) {
    scheduler::LatencyHistogram times;
    times.add(std::chrono::milliseconds(5));
    return prometheus_text(take_metrics_snapshot(harness.machine.state(), harness.now), {"1.2.3", backlogs, times});
}

bool has_line(const std::string& text, const std::string& line) { return text.find("\n" + line + "\n") != text.npos; }

}  // namespace

TEST_CASE("all task states are exported from the start", "[metrics]") {
    const std::string text = metrics_of(SchedulerHarness());
    for (const char* state : {"pending", "running", "batch_running", "done", "failed", "disabled", "unknown"})
        CHECK(has_line(text, fmt::format("freshet_tasks{{state=\"{}\"}} 0", state)));
    CHECK(has_line(text, "freshet_lease_expired_total 0"));
    CHECK(has_line(text, "freshet_task_retries_total{class=\"not_yet\"} 0"));
    CHECK(has_line(text, "freshet_build_info{version=\"1.2.3\"} 1"));
}

TEST_CASE("a family's counters are exported at zero once a task of it is known", "[metrics]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1");
    CHECK(has_line(metrics_of(harness), "freshet_task_attempts_total{task=\"Load\",result=\"failed\"} 0"));
}

TEST_CASE("attempts, durations and last successes are exported by family", "[metrics]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1");
    harness.gets("W");
    harness.advance(scheduler::Seconds(10));
    harness.reports("W", "Load_1", Status::done);
    const std::string text = metrics_of(harness);
    CHECK(has_line(text, "freshet_task_attempts_total{task=\"Load\",result=\"done\"} 1"));
    CHECK(has_line(text, "freshet_task_duration_seconds_bucket{task=\"Load\",le=\"5\"} 0"));
    CHECK(has_line(text, "freshet_task_duration_seconds_bucket{task=\"Load\",le=\"15\"} 1"));
    CHECK(has_line(text, "freshet_task_duration_seconds_bucket{task=\"Load\",le=\"+Inf\"} 1"));
    CHECK(has_line(text, "freshet_task_duration_seconds_sum{task=\"Load\"} 10"));
    CHECK(has_line(text, "freshet_job_last_success_timestamp_seconds{task=\"Load\"} 1787292010"));
    CHECK(has_line(text, "freshet_job_last_duration_seconds{task=\"Load\"} 10"));
}

TEST_CASE("the used amount of a rate is that of the last minute", "[metrics]") {
    scheduler::Config config;
    config.resources = {{"server", 3}};
    config.rates = {"server"};
    SchedulerHarness harness(config);
    harness.add({.worker = "W", .task_id = "A", .resources = {{{"server", 2}}}, .family = "F"});
    harness.gets("W");
    CHECK(has_line(metrics_of(harness), "freshet_resource_used{resource=\"server\"} 2"));
    CHECK(has_line(metrics_of(harness), "freshet_resource_limit{resource=\"server\"} 3"));
    harness.advance(scheduler::Seconds(61));
    CHECK(has_line(metrics_of(harness), "freshet_resource_used{resource=\"server\"} 0"));
}

TEST_CASE("a job that never succeeded has no success timestamp", "[metrics]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1");
    harness.gets("W");
    harness.reports("W", "Load_1", Status::failed);
    const std::string text = metrics_of(harness);
    CHECK(text.find("freshet_job_last_success_timestamp_seconds{") == std::string::npos);
    CHECK(has_line(text, "freshet_job_last_completion_timestamp_seconds{task=\"Load\"} 1787292000"));
}

TEST_CASE("unresolved failures are exported by family, also those of removed tasks", "[metrics]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1");
    CHECK(has_line(metrics_of(harness), "freshet_unresolved_failures{task=\"Load\",state=\"retrying\"} 0"));
    harness.gets("W");
    harness.reports("W", "Load_1", Status::failed);
    CHECK(has_line(metrics_of(harness), "freshet_unresolved_failures{task=\"Load\",state=\"retrying\"} 1"));
    for (const double seconds : {61, 601}) {
        harness.advance(scheduler::Seconds(seconds));
        harness.prunes();
    }
    REQUIRE_FALSE(harness.knows("Load_1"));
    CHECK(has_line(metrics_of(harness), "freshet_unresolved_failures{task=\"Load\",state=\"needs_operator\"} 1"));
    harness.send(rpc::AcknowledgeFailures{.family = "Load"});
    CHECK(has_line(metrics_of(harness), "freshet_unresolved_failures{task=\"Load\",state=\"needs_operator\"} 0"));
}

TEST_CASE("the outbox is exported with its size and age", "[metrics]") {
    const std::string text = metrics_of(
        SchedulerHarness(), {{.sink = "kafka", .pending = 2, .oldest_stored = FakeClock::start}, {.sink = "web"}});
    CHECK(has_line(text, "freshet_outbox_pending{sink=\"kafka\"} 2"));
    CHECK(has_line(text, "freshet_outbox_pending{sink=\"web\"} 0"));
    CHECK(has_line(text, "freshet_outbox_oldest_timestamp_seconds{sink=\"kafka\"} 1787292000"));
    CHECK(text.find("oldest_timestamp_seconds{sink=\"web\"}") == std::string::npos);
}

TEST_CASE("tick durations are exported as a histogram", "[metrics]") {
    const std::string text = metrics_of(SchedulerHarness());
    CHECK(has_line(text, "freshet_scheduler_loop_seconds_bucket{le=\"0.001\"} 0"));
    CHECK(has_line(text, "freshet_scheduler_loop_seconds_bucket{le=\"0.01\"} 1"));
    CHECK(has_line(text, "freshet_scheduler_loop_seconds_sum 0.005"));
    CHECK(has_line(text, "freshet_scheduler_loop_seconds_count 1"));
}

TEST_CASE("label values are escaped", "[metrics]") {
    MetricsWriter out;
    out.family("x", "gauge", "X.");
    out.sample({{"name", "a\"} 1\nx{name=\"b\\"}}, 0.5);
    out.sample({{"name", "\xff"}}, std::numeric_limits<double>::infinity());
    CHECK(out.text() ==
          "# HELP x X.\n# TYPE x gauge\nx{name=\"a\\\"} 1\\nx{name=\\\"b\\\\\"} 0.5\nx{name=\"\uFFFD\"} +Inf\n");
}

TEST_CASE("promtool accepts the output", "[metrics]") {
    if (std::system("command -v promtool > /dev/null 2>&1") != 0) return skip("promtool is not installed");
    SchedulerHarness harness = sample_scenario();
    harness.add({.worker = "W", .task_id = "odd", .family = "odd \"} 1\n\\ \xff name"});
    const TempDir folder;
    write_file_atomically(folder / "metrics", metrics_of(harness, {{.sink = "kafka", .pending = 2}}));
    const std::string command =
        fmt::format("promtool check metrics < '{0}/metrics' > '{0}/said' 2>&1", folder.path().string());
    const int code = std::system(command.c_str());
    INFO(read_file(folder / "said"));
    CHECK(code == 0);
}

namespace {

void announce(store::StateFile& state, const std::string& id, const std::string& data,
              const std::string& type = "dev.freshet.dataset.cycle.completed.v1") {
    const std::string document = fmt::format(
        R"({{"specversion":"1.0","id":"{}","source":"/x","type":"{}","time":"2026-08-21T10:00:00Z","data":{}}})", id,
        type, data);
    store::Outbox(state).enqueue({.id = id, .key = "k", .document = document}, Time{});
}

}  // namespace

TEST_CASE("each dataset has the metrics of its newest cycle that was announced", "[metrics]") {
    auto state = store::StateFile::in_memory();
    announce(state, "1",
             R"({"dataset":"gfs.0p25","cycle":"2026-08-21T00","bytes":7,"next_due":"2026-08-21T11:35:00Z"})");
    announce(state, "2", R"({"dataset":"gfs.0p25","cycle":"2026-08-20T18","bytes":8})");  // a backfill
    announce(state, "3", R"({"dataset":"gfs.1p00","cycle":"2026-08-01T00","checks":{"warned":[{},{}]}})");
    announce(state, "4", R"({"dataset":"gfs.1p00","cycle":"2026-08-21T00"})", "dev.freshet.dataset.cycle.partial.v1");
    announce(state, "5", R"({"dataset":7})");
    MetricsWriter out;
    write_datasets(out, read_dataset_metrics(state));
    const std::string text = "\n" + out.text();
    CHECK(has_line(text, R"(freshet_dataset_last_complete_cycle_timestamp_seconds{dataset="gfs.0p25"} 1787270400)"));
    CHECK(has_line(text, R"(freshet_dataset_last_complete_cycle_timestamp_seconds{dataset="gfs.1p00"} 1785542400)"));
    CHECK(has_line(text, R"(freshet_dataset_next_due_timestamp_seconds{dataset="gfs.0p25"} 1787312100)"));
    CHECK(has_line(text, R"(freshet_dataset_bytes{dataset="gfs.0p25"} 7)"));
    CHECK(has_line(text, R"(freshet_dataset_checks_warned{dataset="gfs.1p00"} 2)"));
    CHECK(text.find(R"(next_due_timestamp_seconds{dataset="gfs.1p00"})") == text.npos);
}
