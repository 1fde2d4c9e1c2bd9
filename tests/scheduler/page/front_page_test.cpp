// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/front_page.hpp"
#include "golden.hpp"
#include "html_reader.hpp"
#include "sample.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler::page;
using scheduler::Seconds;
using wire::Status;

namespace {

const std::string hostile = "\"><script>alert(1)</script><img src=x onerror='y'>&\u202E\x1b[2J{{7*7}}%s";

std::string page_of(const Conversation& talk, const Surroundings& around = {.version = "1.2.3"}) {
    return front_page(take_snapshot(talk.state.board(), talk.now), around);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// Everything that anybody may send, as unkind as can be.
Conversation hostile_night() {
    scheduler::Config config;
    config.resources = {{hostile, 2}};
    Conversation talk(config);
    const auto add = [&](const std::string& id, std::vector<std::string> deps = {}) {
        talk.add({.worker = hostile,
                  .task_id = id,
                  .deps = std::move(deps),
                  .resources = {{hostile, 1}},
                  .family = hostile,
                  .module = hostile,
                  .params = {{hostile, hostile}},
                  .tracking_url = "javascript:alert(1)"});
    };
    add(hostile + "1", {hostile + "2"});
    add(hostile + "2");
    add(hostile + "3");
    talk.say(wire::AddWorker{hostile, {{"first_task", hostile}}});
    talk.say(wire::GetWork{.worker = hostile, .host = hostile});
    auto report = Conversation::report(hostile, hostile + "2", Status::failed);
    report.expl = Json(hostile + "\n" + hostile).text();
    talk.add(std::move(report));
    talk.say(wire::GetWork{.worker = hostile, .host = hostile});
    talk.say(wire::SetTaskStatusMessage{hostile + "3", hostile});
    talk.say(wire::SetTaskProgressPercentage{hostile + "3", Json(hostile)});
    return talk;
}

}  // namespace

TEST_CASE("with nothing to do all is well", "[page]") {
    const HtmlReader page(page_of(Conversation()));
    CHECK(page.title() == "All is well · Freshet");
    CHECK(page.inside("h1") == "All is well");
    CHECK(contains(page.text(), "No task is known."));
    CHECK(page.section("wrong").empty());
    CHECK(page.section("workers") == "Workers No worker is connected.");
}

TEST_CASE("what is wrong comes first, with its reason in one sentence", "[page]") {
    const HtmlReader page(page_of(sample_night()));
    CHECK(page.inside("h1") == "1 problem needs you");
    CHECK(contains(page.section("wrong"), "FAILED"));
    CHECK(contains(page.section("wrong"), "message 214 is cut off after 81920 of 413008 bytes"));
    CHECK(contains(page.section("wrong"), "1 task waits for it"));
    CHECK(page.each("h2").front() == "What is wrong");
}

TEST_CASE("the page says what runs: how far, since when, by whom", "[page]") {
    const HtmlReader page(page_of(sample_night()));
    CHECK(contains(page.section("running"), "62\u00A0%"));
    CHECK(contains(page.section("running"), "writing 't2m', 41 of 66 variables"));
    CHECK(contains(page.section("running"), "1 min ago"));
    CHECK(contains(page.section("running"), "Worker(host=node1, pid=4711)"));
}

TEST_CASE("the page says what waits, and for what", "[page]") {
    const HtmlReader page(page_of(sample_night()));
    CHECK(contains(page.section("waiting"), "NOT YET"));
    CHECK(contains(page.section("waiting"), ".idx' does not exist yet; to be tried again at 06:"));
    CHECK(contains(page.section("waiting"),
                   "7 tasks wait until others are done; FetchLead(cycle=2026-08-21T06, lead=15) holds up 2, "));
}

TEST_CASE("of what holds up others the page names those that hold up most", "[page]") {
    Conversation talk;
    talk.registers("W", "Load_1", {"Fetch_1"});
    talk.registers("W", "Fetch_1", {"List_1"});
    talk.registers("W", "List_1");
    talk.add({.worker = "W", .task_id = "Watch_1", .priority = 1, .family = "Watch"});
    REQUIRE(talk.gets("W") == "Watch_1");
    const std::string note = "2 tasks wait until others are done; List() holds up 2";
    CHECK(contains(HtmlReader(page_of(talk)).section("waiting"), note));
    REQUIRE(talk.gets("W") == "List_1");
    CHECK(contains(HtmlReader(page_of(talk)).section("waiting"), note));
    CHECK_FALSE(contains(HtmlReader(page_of(talk)).section("waiting"), "Watch()"));
}

TEST_CASE("the page says how the newest runs stand, in words besides the colour", "[page]") {
    const HtmlReader page(page_of(sample_night()));
    CHECK(contains(page.section("runs"), "HELD UP IngestCycle(cycle=2026-08-21T06)"));
    CHECK(contains(page.section("runs"), "of 25"));
    CHECK(contains(page.section("runs"), "DONE IngestCycle(cycle=2026-08-21T00)"));
    CHECK(contains(page.section("runs"), "25 done of 25"));
}

TEST_CASE("failures that are tried again are watched, not cried over", "[page]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.reports("W", "A", Status::failed);
    const HtmlReader page(page_of(talk));
    CHECK(page.inside("h1") == "1 thing to watch");
    CHECK(contains(page.text(), "Nothing needs you yet."));
}

TEST_CASE("a paused scheduler is a problem", "[page]") {
    Conversation talk;
    talk.say(wire::Pause{});
    const HtmlReader page(page_of(talk));
    CHECK(page.inside("h1") == "1 problem needs you");
    CHECK(contains(page.section("wrong"), "PAUSED the scheduler is paused"));
}

TEST_CASE("tasks without any worker are a problem", "[page]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.registers("W", "B");
    talk.pass(Seconds(61));
    talk.prunes();
    const HtmlReader page(page_of(talk));
    CHECK(contains(page.section("wrong"), "could run, but no worker is connected and 1 more task"));
}

TEST_CASE("a worker that has gone silent is named before it is given up", "[page]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.pass(Seconds(45));
    const HtmlReader page(page_of(talk));
    CHECK(contains(page.section("wrong"), "worker W has said nothing for 45 s; after 1 min it is given up"));
}

TEST_CASE("a worker that runs nothing may be silent", "[page]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.reports("W", "A", Status::done);
    talk.pass(Seconds(45));
    CHECK(HtmlReader(page_of(talk)).inside("h1") == "All is well");
}

TEST_CASE("a task that is disabled is a problem, and how its pause ends is said", "[page]") {
    scheduler::Config config;
    config.retry_count = 1;
    Conversation talk(config);
    talk.registers("W", "A");
    talk.gets("W");
    talk.reports("W", "A", Status::failed);
    const HtmlReader page(page_of(talk));
    CHECK(page.inside("h1") == "1 problem needs you");
    CHECK(contains(page.section("wrong"), "api/re_enable_task"));
}

TEST_CASE("events that are not delivered in time are a problem", "[page]") {
    Conversation talk;
    Surroundings around{
        .backlogs = {{.sink = "kafka", .pending = 3, .oldest_stored = talk.now - std::chrono::hours(1)}}};
    around.backlogs[0].last_error = "no broker answers";
    const HtmlReader page(page_of(talk, around));
    CHECK(page.inside("h1") == "1 problem needs you");
    CHECK(contains(page.section("wrong"), "3 events wait for sink kafka : no broker answers"));
}

TEST_CASE("a scheduler that has lately refused what it could not keep is a problem", "[page]") {
    Conversation talk;
    Surroundings around{.refusals = {.count = 3, .last = talk.now - std::chrono::seconds(50), .why = "write: no room"}};
    const HtmlReader page(page_of(talk, around));
    CHECK(page.inside("h1") == "1 problem needs you");
    CHECK(contains(page.section("wrong"), "nothing new is accepted: write: no room"));
    CHECK(contains(page.section("wrong"), "3 requests were told to come back"));
    around.refusals.last -= std::chrono::seconds(10);
    CHECK(HtmlReader(page_of(talk, around)).inside("h1") != "1 problem needs you");
}

TEST_CASE("a page comes again only when it is asked to", "[page]") {
    CHECK_FALSE(contains(page_of(Conversation()), "http-equiv"));
    Surroundings around;
    around.refresh = std::chrono::seconds(15);
    CHECK(contains(page_of(Conversation(), around), "<meta http-equiv=\"refresh\" content=\"15\">"));
}

TEST_CASE("what workers send never becomes markup", "[page]") {
    const HtmlReader page(page_of(hostile_night()));
    const std::set<std::string> ours = {"html",   "head",    "meta",     "title", "link", "style", "body",
                                        "header", "a",       "p",        "time",  "main", "div",   "h1",
                                        "h2",     "h3",      "ul",       "li",    "b",    "span",  "section",
                                        "table",  "caption", "thead",    "tr",    "th",   "tbody", "td",
                                        "small",  "code",    "progress", "svg",   "rect", "footer"};
    for (const std::string& element : page.elements()) CHECK(ours.contains(element));
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

TEST_CASE("every table names its columns for those who hear it", "[page]") {
    const std::string html = page_of(sample_night());
    const HtmlReader page(html);
    CHECK(page.each("caption").size() == page.each("table").size());
    CHECK(page.each("th").size() > 0);
    CHECK(contains(html, "<th role=\"columnheader\" scope=\"col\""));
    CHECK(contains(html, "<html lang=\"en\">"));
}

TEST_CASE("the page of a night is what it was", "[page]") { check_golden("front_page.html", page_of(sample_night())); }
