// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/front_page.hpp"
#include "golden.hpp"
#include "html_reader.hpp"
#include "sample_scenario.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;
using scheduler::Seconds;

namespace {

const std::string hostile = "\"><script>alert(1)</script><img src=x onerror='y'>&\u202E\x1b[2J{{7*7}}%s";

std::string page_of(const SchedulerHarness& harness,
                    const FrontPageOptions& options = {.version = "1.2.3", .may_operate = true}) {
    return front_page(take_snapshot(harness.machine.state(), harness.now), options);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// Returns a scheduler with hostile text in every field that clients can set.
SchedulerHarness hostile_scenario() {
    scheduler::Config config;
    config.resources = {{hostile, 2}};
    SchedulerHarness harness(config);
    const auto add = [&](const std::string& id, std::vector<std::string> deps = {}) {
        harness.add({.worker = hostile,
                     .task_id = id,
                     .deps = std::move(deps),
                     .resources = {{{hostile, 1}}},
                     .family = hostile,
                     .module = hostile,
                     .params = {{hostile, hostile}},
                     .tracking_url = "javascript:alert(1)"});
    };
    add(hostile + "1", {hostile + "2"});
    add(hostile + "2");
    add(hostile + "3");
    harness.send(rpc::AddWorker{hostile, {{"first_task", hostile}}});
    harness.send(rpc::GetWork{.worker = hostile, .host = hostile});
    auto report = SchedulerHarness::report(hostile, hostile + "2", Status::failed);
    report.expl = Json(hostile + "\n" + hostile).text();
    harness.add(std::move(report));
    harness.send(rpc::GetWork{.worker = hostile, .host = hostile});
    harness.send(rpc::SetTaskStatusMessage{hostile + "3", hostile});
    harness.send(rpc::SetTaskProgressPercentage{hostile + "3", Json(hostile)});
    return harness;
}

}  // namespace

TEST_CASE("a worker's full disk is a problem, not an input that is not ready", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1");
    harness.gets("W");
    harness.finds_disk_full("W", "Load_1");
    const HtmlReader page(page_of(harness));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(page.text().find("DISK FULL") != std::string::npos);
    CHECK(page.text().find("No action needed") == std::string::npos);
}

TEST_CASE("the overview and queue_status count the same tasks as ready, also those that were not ready",
          "[dashboard]") {
    SchedulerHarness harness;
    for (const char* task : {"Load_1", "Load_2", "Fetch_1"}) harness.registers("W", task);
    harness.gets("W");
    harness.fails("W", "Load_1", FailureClass::not_ready, std::chrono::seconds(1));
    harness.advance(Seconds(2));
    harness.prunes();
    CHECK(harness.ask<Json>(rpc::QueueStatus{}).at("ready") == Json(3));
    CHECK(contains(page_of(harness), "<b>3</b></a>, 3 ready"));
    CHECK(overview_json(take_snapshot(harness.machine.state(), harness.now), {}).at("ready") == Json(3));
}

TEST_CASE("a worker that is silent and runs nothing is not counted", "[dashboard]") {
    SchedulerHarness harness;
    harness.send(rpc::Ping{.worker = "Ended"});
    harness.advance(Seconds(40));
    harness.registers("W", "Load_1");
    harness.gets("W");
    const HtmlReader page(page_of(harness));
    CHECK(page.text().find("1 task running on 1 worker.") != std::string::npos);
    CHECK(page.text().find("SILENT") == std::string::npos);
}

TEST_CASE("an empty scheduler is healthy", "[dashboard]") {
    const HtmlReader page(page_of(SchedulerHarness()));
    CHECK(page.title() == "All is well · Freshet");
    CHECK(page.inside("h1") == "All is well");
    CHECK(contains(page.text(), "No tasks."));
    CHECK(page.section("wrong").empty());
    CHECK(page.section("workers") == "Workers No worker is connected.");
}

TEST_CASE("alerts come first, each with its reason", "[dashboard]") {
    const HtmlReader page(page_of(sample_scenario()));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "FAILED"));
    CHECK(contains(page.section("wrong"), "message 214 is cut off after 81920 of 413008 bytes"));
    CHECK(contains(page.section("wrong"), "blocks 1 task"));
    CHECK(page.each("h2").front() == "Alerts");
}

TEST_CASE("running tasks have progress, start and worker", "[dashboard]") {
    const HtmlReader page(page_of(sample_scenario()));
    CHECK(contains(page.section("running"), "62\u00A0%"));
    CHECK(contains(page.section("running"), "writing 't2m', 41 of 66 variables"));
    CHECK(contains(page.section("running"), "1 min ago"));
    CHECK(contains(page.section("running"), "Worker(host=node1, pid=4711)"));
}

TEST_CASE("waiting tasks have the reason", "[dashboard]") {
    const HtmlReader page(page_of(sample_scenario()));
    CHECK(contains(page.section("waiting"), "NOT READY"));
    CHECK(contains(page.section("waiting"), ".idx' does not exist yet; retry at 06:"));
    CHECK(contains(page.section("waiting"),
                   "7 tasks wait for other tasks; FetchLead(cycle=2026-08-21T06, lead=15) blocks 2, "));
}

TEST_CASE("the page names the tasks that block most others", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1", {"Fetch_1"});
    harness.registers("W", "Fetch_1", {"List_1"});
    harness.registers("W", "List_1");
    harness.add({.worker = "W", .task_id = "Watch_1", .priority = 1, .family = "Watch"});
    REQUIRE(harness.gets("W") == "Watch_1");
    const std::string note = "2 tasks wait for other tasks; List() blocks 2";
    CHECK(contains(HtmlReader(page_of(harness)).section("waiting"), note));
    REQUIRE(harness.gets("W") == "List_1");
    CHECK(contains(HtmlReader(page_of(harness)).section("waiting"), note));
    CHECK_FALSE(contains(HtmlReader(page_of(harness)).section("waiting"), "Watch()"));
}

TEST_CASE("recent runs have their state as text, not only as a colour", "[dashboard]") {
    const HtmlReader page(page_of(sample_scenario()));
    CHECK(contains(page.section("runs"), "BLOCKED IngestCycle(cycle=2026-08-21T06)"));
    CHECK(contains(page.section("runs"), "of 25"));
    CHECK(contains(page.section("runs"), "DONE IngestCycle(cycle=2026-08-21T00)"));
    CHECK(contains(page.section("runs"), "25 done of 25"));
}

TEST_CASE("failures that will be retried are warnings", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.reports("W", "A", Status::failed);
    const HtmlReader page(page_of(harness));
    CHECK(page.inside("h1") == "1 warning");
    CHECK(contains(page.text(), "No action needed yet."));
}

TEST_CASE("a failure stays on the page after its task was removed, until a newer run succeeds", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Daily_1");
    harness.gets("W");
    harness.reports("W", "Daily_1", Status::failed);
    for (const double seconds : {61, 601}) {
        harness.advance(Seconds(seconds));
        harness.prunes();
    }
    REQUIRE_FALSE(harness.knows("Daily_1"));
    const HtmlReader page(page_of(harness));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "FAILED Daily() failed at attempt 1 at 2026-08-21T06:00:00Z"));
    harness.registers("W", "Daily_1");
    harness.gets("W");
    const HtmlReader again(page_of(harness));
    CHECK(again.inside("h1") == "1 warning");
    CHECK(contains(again.section("wrong"), "failed once at 2026-08-21T06:00:00Z; now it has been running"));
    harness.reports("W", "Daily_1", Status::done);
    CHECK(HtmlReader(page_of(harness)).inside("h1") == "All is well");
}

TEST_CASE("the headline counts failed tasks, not the lines that show them", "[dashboard]") {
    SchedulerHarness harness;
    for (int i = 0; i < 1'000; ++i) {
        const std::string task = "F" + std::to_string(i % 7) + "_" + std::to_string(i);
        harness.registers("W", task);
        harness.gets("W");
        harness.fails("W", task, FailureClass::permanent);
    }
    CHECK(HtmlReader(page_of(harness)).inside("h1") == "1,000 problems need attention");
    for (const double seconds : {61, 601}) {
        harness.advance(Seconds(seconds));
        harness.prunes();
    }
    CHECK(HtmlReader(page_of(harness)).inside("h1") == "1,000 problems need attention");
}

TEST_CASE("a failure has a button that acknowledges it as the operators' call does, for operators", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Daily_1");
    harness.gets("W");
    harness.reports("W", "Daily_1", Status::failed);
    const std::string html = page_of(harness);
    CHECK(contains(html, R"(<form method="post" action="api/acknowledge_failures"><button name="data" value=")"));
    CHECK_FALSE(contains(page_of(harness, {.may_operate = false}), "<form"));
    CHECK(contains(html, "{&quot;task_id&quot;: &quot;Daily_1&quot;, &quot;before&quot;: 1787292000"));
    harness.send(rpc::AcknowledgeFailures{.task_id = "Daily_1", .before = 1787292000});
    const HtmlReader page(page_of(harness));
    CHECK(page.inside("h1") == "All is well");
    CHECK(contains(page.text(), "1 failure is acknowledged."));
    CHECK(page.section("wrong").empty());
}

TEST_CASE("failures of a family are acknowledged together", "[dashboard]") {
    SchedulerHarness harness;
    for (const char* task : {"Daily_1", "Daily_2"}) {
        harness.registers("W", task);
        harness.gets("W");
        harness.reports("W", task, Status::failed);
    }
    CHECK(contains(page_of(harness), "{&quot;family&quot;: &quot;Daily&quot;,"));
    CHECK(contains(HtmlReader(page_of(harness)).section("wrong"), "Acknowledge all of Daily"));
}

TEST_CASE("failures of a family have a button that retries all of them as the operators' call does, for operators",
          "[dashboard]") {
    SchedulerHarness harness;
    for (const char* task : {"Daily_1", "Daily_2"}) {
        CHECK_FALSE(contains(page_of(harness), "api/retry_tasks"));
        harness.registers("W", task);
        harness.gets("W");
        harness.reports("W", task, Status::failed);
    }
    CHECK(contains(HtmlReader(page_of(harness)).section("wrong"), "Retry all of Daily"));
    CHECK(
        contains(page_of(harness), "{&quot;family&quot;: &quot;Daily&quot;, &quot;status&quot;: &quot;FAILED&quot;}"));
    CHECK_FALSE(contains(page_of(harness, {.may_operate = false}), "api/retry_tasks"));
    const Json alert =
        overview_json(take_snapshot(harness.machine.state(), harness.now), {}).at("alerts").as_array()[0];
    CHECK(alert.at("retry").text() == R"({"family":"Daily","status":"FAILED"})");
    harness.send(rpc::RetryTasks{.family = "Daily", .status = Status::failed});
    for (const char* task : {"Daily_1", "Daily_2"}) CHECK(harness.status(task) == Status::pending);
}

TEST_CASE("a run that ended before it was complete is a warning until it is run again", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Daily_1");
    for (const double seconds : {61, 601}) {
        harness.advance(Seconds(seconds));
        harness.prunes();
    }
    const HtmlReader page(page_of(harness));
    CHECK(page.inside("h1") == "Unfinished runs");
    CHECK(contains(page.section("waiting"), "UNFINISHED Daily() was PENDING when its last worker left"));
}

TEST_CASE("a paused scheduler is an alert", "[dashboard]") {
    SchedulerHarness harness;
    harness.send(rpc::Pause{});
    const HtmlReader page(page_of(harness));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "PAUSED the scheduler is paused"));
}

TEST_CASE("tasks without any worker are an alert", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W", "B");
    harness.advance(Seconds(61));
    harness.prunes();
    const HtmlReader page(page_of(harness));
    CHECK(contains(page.section("wrong"), "could run, but no worker is connected and 1 more task"));
}

TEST_CASE("a silent worker with running tasks is an alert", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.advance(Seconds(45));
    const HtmlReader page(page_of(harness));
    CHECK(contains(page.section("wrong"), "worker W has been silent for 45 s; after 1 min it is removed"));
}

TEST_CASE("a silent worker without running tasks is no alert", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.reports("W", "A", Status::done);
    harness.advance(Seconds(45));
    CHECK(HtmlReader(page_of(harness)).inside("h1") == "All is well");
}

TEST_CASE("a disabled task is an alert that names the remedy", "[dashboard]") {
    scheduler::Config config;
    config.retry_count = 1;
    SchedulerHarness harness(config);
    harness.registers("W", "A");
    harness.gets("W");
    harness.reports("W", "A", Status::failed);
    const HtmlReader page(page_of(harness));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "an operator can re-enable it on its page"));
}

TEST_CASE("late event delivery is an alert", "[dashboard]") {
    SchedulerHarness harness;
    FrontPageOptions options{
        .backlogs = {{.sink = "kafka", .pending = 3, .oldest_stored = harness.now - std::chrono::hours(1)}}};
    options.backlogs[0].last_error = "no broker answers";
    const HtmlReader page(page_of(harness, options));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "3 events not delivered to sink kafka : no broker answers"));
}

TEST_CASE("events for a sink that is not configured any more are told as such", "[dashboard]") {
    SchedulerHarness harness;
    const FrontPageOptions options{
        .backlogs = {{.sink = "kafka", .pending = 1, .dead = 1, .oldest_stored = harness.now, .is_configured = false}}};
    const HtmlReader page(page_of(harness, options));
    CHECK(contains(page.section("wrong"), "2 events for sink kafka , which is not in the configuration any more"));
    CHECK_FALSE(contains(page.section("wrong"), "refused too often"));
}

TEST_CASE("recently rejected requests are an alert", "[dashboard]") {
    SchedulerHarness harness;
    FrontPageOptions options{
        .rejected_requests = {.count = 3, .last = harness.now - std::chrono::seconds(50), .reason = "write: no room"}};
    const HtmlReader page(page_of(harness, options));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "the scheduler rejects requests: write: no room"));
    CHECK(contains(page.section("wrong"), "3 requests rejected since the start"));
    options.rejected_requests.last -= std::chrono::seconds(10);
    CHECK(HtmlReader(page_of(harness, options)).inside("h1") != "1 problem needs attention");
}

TEST_CASE("changes that were refused for lack of an audit log are an alert", "[dashboard]") {
    SchedulerHarness harness;
    const FrontPageOptions options{.refused_changes = {.count = 1, .last = harness.now, .reason = "write: no room"}};
    const HtmlReader page(page_of(harness, options));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "its line in the audit log: write: no room"));
    CHECK(contains(page.section("wrong"), "1 change refused since the start"));
}

TEST_CASE("a stall is an alert, an error while it lasts", "[dashboard]") {
    SchedulerHarness harness;
    FrontPageOptions options{
        .stalls = {.count = 2, .last = harness.now - std::chrono::minutes(9), .took = std::chrono::seconds(20)}};
    CHECK(contains(HtmlReader(page_of(harness, options)).section("wrong"), "the scheduler answered nobody for 20 s"));
    options.stalls.present = std::chrono::seconds(7);
    const HtmlReader page(page_of(harness, options));
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "the scheduler has answered nobody for 7 s"));
    options.stalls = {.count = 2, .last = harness.now - std::chrono::minutes(10), .took = std::chrono::seconds(20)};
    CHECK_FALSE(contains(page_of(harness, options), "answered nobody"));
}

TEST_CASE("a disk of the state that is nearly full is an alert", "[dashboard]") {
    SchedulerHarness harness;
    const FrontPageOptions options{.full_disk = Disk{.folder = "/state", .free = 999}};
    CHECK(contains(HtmlReader(page_of(harness, options)).section("wrong"),
                   "DISK FULL the disk of /state has only 999 B free, and without room nothing can be recorded"));
}

TEST_CASE("a page refreshes only on request", "[dashboard]") {
    CHECK_FALSE(contains(page_of(SchedulerHarness()), "http-equiv"));
    FrontPageOptions options;
    options.refresh = std::chrono::seconds(15);
    CHECK(contains(page_of(SchedulerHarness(), options), "<meta http-equiv=\"refresh\" content=\"15\">"));
}

TEST_CASE("text from workers is escaped", "[dashboard]") {
    const HtmlReader page(page_of(hostile_scenario()));
    const std::set<std::string> ours = {"html", "head",   "meta",  "title",  "link",    "style",  "body",     "header",
                                        "a",    "p",      "time",  "main",   "div",     "h1",     "h2",       "h3",
                                        "ul",   "li",     "b",     "span",   "section", "table",  "caption",  "thead",
                                        "tr",   "th",     "tbody", "td",     "small",   "code",   "progress", "svg",
                                        "rect", "footer", "form",  "button", "nav",     "script", "noscript"};
    for (const std::string& element : page.elements()) CHECK(ours.contains(element));
    CHECK(page.each("script") == std::vector<std::string>{""});
    for (const std::string& attribute : page.attributes()) {
        CHECK_FALSE(attribute.starts_with("on"));
        CHECK(attribute != "style");
    }
    for (const std::string& link : page.links()) {
        CHECK_FALSE(link.starts_with("javascript:"));
        CHECK(link.find_first_of("<>\"' ") == std::string::npos);
    }
    CHECK(contains(page.text(), "<script>alert(1)</script>"));
    CHECK_FALSE(contains(page.text(), "\u202E"));
    CHECK_FALSE(contains(page.text(), "\x1b"));
}

TEST_CASE("every table labels its columns for screen readers", "[dashboard]") {
    const std::string html = page_of(sample_scenario());
    const HtmlReader page(html);
    CHECK(page.each("caption").size() == page.each("table").size());
    CHECK(page.each("th").size() > 0);
    CHECK(contains(html, "<th role=\"columnheader\" scope=\"col\""));
    CHECK(contains(html, "<html lang=\"en\">"));
}

TEST_CASE("the front page equals the golden file", "[dashboard]") {
    check_golden("front_page.html", page_of(sample_scenario()));
}

TEST_CASE("the overview tells the last complete cycle of each dataset, and whether the next one is late",
          "[dashboard]") {
    Snapshot snapshot{.taken = FakeClock::start};
    FrontPageOptions options;
    options.datasets = {{.dataset = "gfs.surface",
                         .cycle = FakeClock::start - std::chrono::hours(6),
                         .published = FakeClock::start - std::chrono::hours(2),
                         .next_due = FakeClock::start + std::chrono::minutes(30)},
                        {.dataset = "gfs.wave",
                         .cycle = FakeClock::start - std::chrono::hours(12),
                         .published = FakeClock::start - std::chrono::hours(8),
                         .next_due = FakeClock::start - std::chrono::minutes(90)},
                        {.dataset = "<b>other</b>", .cycle = FakeClock::start, .published = FakeClock::start}};
    const HtmlReader page(front_page(snapshot, options));
    const std::string text = page.section("datasets");
    CHECK_THAT(text, Catch::Contains("ON TIME gfs.surface") && Catch::Contains("6 h 00 min ago") &&
                         Catch::Contains("in 30 min"));
    CHECK_THAT(text, Catch::Contains("LATE gfs.wave") && Catch::Contains("1 h 30 min ago , and not there yet"));
    CHECK_THAT(text, Catch::Contains("COMPLETE <b>other</b>") && Catch::Contains("not known"));
    CHECK(HtmlReader(front_page(snapshot, {})).section("datasets").empty());
}

TEST_CASE("the headline names a dataset that is late, also beside other problems", "[dashboard]") {
    FrontPageOptions options;
    options.datasets = {{.dataset = "gfs.0p25", .next_due = FakeClock::start - std::chrono::hours(2425)},
                        {.dataset = "gfs.wave", .next_due = FakeClock::start + std::chrono::hours(1)}};
    const auto headline = [&](const Snapshot& snapshot) {
        const HtmlReader page(front_page(snapshot, options));
        return page.inside("h1") + " / " + page.each("p").at(1);
    };
    Snapshot snapshot{.taken = FakeClock::start};
    const std::string late = "gfs.0p25 is late: its next cycle was expected 101 d 1 h ago";
    CHECK(headline(snapshot) == late + " / No tasks.");
    snapshot.is_paused = true;
    CHECK(headline(snapshot) == "1 problem needs attention / No tasks. " + late + ".");
    snapshot.is_paused = false;
    options.datasets[1].next_due = FakeClock::start - std::chrono::hours(1);
    CHECK(headline(snapshot) == "2 datasets are late / No tasks.");
}

TEST_CASE("automatic reload is offered where no script follows the scheduler", "[dashboard]") {
    const std::string html = page_of(SchedulerHarness());
    CHECK(contains(html, R"(<noscript><p class="note"><a href="?refresh=15">)"));
}

TEST_CASE("the overview has a strip of the last runs in the colours of their states, each linked", "[dashboard]") {
    SchedulerHarness harness;
    for (int i = 0; i < 3; ++i) {
        const std::string number = std::to_string(i);
        harness.registers("W", "Whole_" + number, {"Part_" + number});
        harness.registers("W", "Part_" + number);
        REQUIRE(harness.gets("W") == "Part_" + number);
        if (i == 1)
            harness.fails("W", "Part_1", FailureClass::permanent);
        else
            harness.reports("W", "Part_" + number, rpc::Status::done);
        if (i == 0) {
            REQUIRE(harness.gets("W") == "Whole_0");
            harness.reports("W", "Whole_0", rpc::Status::done);
        }
        harness.advance(scheduler::Seconds(60));
    }
    const auto strip_of = [&] {
        const std::string page = front_page(take_snapshot(harness.machine.state(), harness.now), {});
        const auto begin = page.find("<ul class=\"strip\"");
        return page.substr(begin, page.find("</ul>", begin) - begin);
    };
    CHECK_THAT(strip_of(), Catch::Contains("<a class=\"good\" href=\"task/Whole_0\"") &&
                               Catch::Contains("<a class=\"bad\" href=\"task/Whole_1\"") &&
                               Catch::Contains("<a class=\"quiet\" href=\"task/Whole_2\""));
    for (int i = 0; i < 2; ++i) harness.advance(scheduler::Seconds(5000)), harness.prunes();
    REQUIRE_FALSE(harness.knows("Whole_1"));
    CHECK_THAT(strip_of(), Catch::Contains("<a class=\"good\" href=\"task/Whole_0\"") &&
                               Catch::Contains("<a class=\"bad\" href=\"task/Whole_1\"") &&
                               Catch::Contains("<a class=\"waiting\" href=\"task/Whole_2\""));
}
