// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/pages.hpp"
#include "dashboard/stylesheet.hpp"
#include "html_reader.hpp"
#include "sample.hpp"
#include "store/tables.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler::page;
using namespace std::chrono_literals;

namespace {

/// Pages of a scheduler whose thread looks only when the test lets it.
struct PagesFixture {
    explicit PagesFixture(std::optional<std::filesystem::path> state_path = {})
        : pages([this](auto inspect) { inspections.push_back(std::move(inspect)); }, clock,
                {.version = "1.2.3", .state_path = std::move(state_path)}) {}

    http::Responder responder() {
        return [this](http::MakeResponse make) { responses.push_back(make()); };
    }
    void run_inspections() {
        for (const auto& inspect : std::exchange(inspections, {})) inspect(harness.machine, harness.now);
    }

    FakeClock clock;
    SchedulerHarness harness = sample_scenario();
    std::vector<std::function<void(const scheduler::StateMachine&, Time)>> inspections;
    std::vector<http::Response> responses;
    Pages pages;
};

}  // namespace

TEST_CASE("the first page is answered when the scheduler's thread has looked", "[page]") {
    PagesFixture fixture;
    fixture.pages.front({}, fixture.responder());
    CHECK(fixture.responses.empty());
    fixture.run_inspections();
    REQUIRE(fixture.responses.size() == 1);
    CHECK(fixture.responses[0].status == 200);
    CHECK(fixture.responses[0].header("Content-Type") == "text/html; charset=utf-8");
    CHECK(HtmlReader(fixture.responses[0].body).inside("h1") == "1 problem needs you");
}

TEST_CASE("nothing but the style sheet of the page may be loaded or run", "[page]") {
    PagesFixture fixture;
    fixture.pages.front({}, fixture.responder());
    fixture.run_inspections();
    const std::string policy = *fixture.responses[0].header("Content-Security-Policy");
    CHECK(policy == "default-src 'none'; style-src '" + stylesheet_hash() +
                        "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    const std::string& body = fixture.responses[0].body;
    const auto begin = body.find("<style>") + 7;
    CHECK(body.substr(begin, body.find("</style>") - begin) == stylesheet().text());
}

TEST_CASE("the hash of the style sheet is written in base 64", "[page]") {
    CHECK(stylesheet_hash().starts_with("sha256-"));
    CHECK(stylesheet_hash().size() == 7 + 44);
    CHECK(stylesheet_hash().ends_with("="));
}

TEST_CASE("those who ask at the same time share one look", "[page]") {
    PagesFixture fixture;
    fixture.pages.front({}, fixture.responder());
    fixture.pages.front({}, fixture.responder());
    CHECK(fixture.inspections.size() == 1);
    fixture.run_inspections();
    CHECK(fixture.responses.size() == 2);
    fixture.clock.advance(900ms);
    fixture.pages.front({}, fixture.responder());
    CHECK(fixture.responses.size() == 3);
    fixture.clock.advance(101ms);
    fixture.pages.front({}, fixture.responder());
    CHECK(fixture.responses.size() == 3);
    CHECK(fixture.inspections.size() == 1);
}

TEST_CASE("a task's page is found by its id, with what the state file remembers", "[page]") {
    const TempDir folder;
    const auto path = folder / "state.sqlite";
    auto file = store::StateFile::open_exclusive(path, store::this_process("test", FakeClock::start));
    store::StateTables tables(file);
    auto transaction = file.begin();
    tables.add_history({.at = FakeClock::start, .task_id = "Housekeep_2026_08_21_6d2f", .status = "PENDING"});
    tables.add_history({.at = FakeClock::start, .task_id = "Long_ago", .status = "DONE"});
    transaction.commit(store::Durability::crash);
    PagesFixture fixture(path);
    for (const char* id : {"Housekeep_2026_08_21_6d2f", "Long_ago", "Never"})
        fixture.pages.task(id, fixture.responder());
    fixture.run_inspections();
    REQUIRE(fixture.responses.size() == 3);
    CHECK(fixture.responses[0].status == 200);
    CHECK_FALSE(HtmlReader(fixture.responses[0].body).section("history").empty());
    CHECK(fixture.responses[1].status == 200);
    CHECK(HtmlReader(fixture.responses[1].body).inside("h1") == "Long_ago");
    CHECK(fixture.responses[2].status == 404);
}

TEST_CASE("a state file that cannot be read takes nothing from the page but its part", "[page]") {
    const TempDir folder;
    PagesFixture fixture(folder / "none.sqlite");
    fixture.pages.front({}, fixture.responder());
    fixture.pages.task("Housekeep_2026_08_21_6d2f", fixture.responder());
    fixture.run_inspections();
    REQUIRE(fixture.responses.size() == 2);
    CHECK(fixture.responses[0].status == 200);
    CHECK(fixture.responses[1].status == 200);
}

TEST_CASE("metrics are answered as text for Prometheus", "[metrics]") {
    PagesFixture fixture;
    fixture.pages.metrics(fixture.responder());
    fixture.run_inspections();
    CHECK(fixture.responses[0].header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(fixture.responses[0].body.find("\nfreshet_tasks{state=\"running\"} 2\n") != std::string::npos);
}
