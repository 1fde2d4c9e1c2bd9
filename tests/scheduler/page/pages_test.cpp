// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/pages.hpp"
#include "html_reader.hpp"
#include "sample.hpp"
#include "scheduler/page/stylesheet.hpp"
#include "store/journal.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler::page;
using namespace std::chrono_literals;

namespace {

/// Pages of a scheduler whose thread looks only when the test lets it.
struct Desk {
    explicit Desk(std::optional<std::filesystem::path> state_path = {})
        : pages([this](auto see) { looks.push_back(std::move(see)); }, clock,
                {.version = "1.2.3", .state_path = std::move(state_path)}) {}

    http::Answer answer() {
        return [this](http::MakeResponse make) { answers.push_back(make()); };
    }
    void look() {
        for (const auto& see : std::exchange(looks, {})) see(talk.state, talk.now);
    }

    FakeClock clock;
    Conversation talk = sample_night();
    std::vector<std::function<void(const scheduler::State&, Time)>> looks;
    std::vector<http::Response> answers;
    Pages pages;
};

}  // namespace

TEST_CASE("the first page is answered when the scheduler's thread has looked", "[page]") {
    Desk desk;
    desk.pages.front({}, desk.answer());
    CHECK(desk.answers.empty());
    desk.look();
    REQUIRE(desk.answers.size() == 1);
    CHECK(desk.answers[0].status == 200);
    CHECK(desk.answers[0].header("Content-Type") == "text/html; charset=utf-8");
    CHECK(HtmlReader(desk.answers[0].body).inside("h1") == "1 problem needs you");
}

TEST_CASE("nothing but the style sheet of the page may be loaded or run", "[page]") {
    Desk desk;
    desk.pages.front({}, desk.answer());
    desk.look();
    const std::string policy = *desk.answers[0].header("Content-Security-Policy");
    CHECK(policy == "default-src 'none'; style-src '" + stylesheet_hash() +
                        "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    const std::string& body = desk.answers[0].body;
    const auto begin = body.find("<style>") + 7;
    CHECK(body.substr(begin, body.find("</style>") - begin) == stylesheet().text());
}

TEST_CASE("the hash of the style sheet is written in base 64", "[page]") {
    CHECK(stylesheet_hash().starts_with("sha256-"));
    CHECK(stylesheet_hash().size() == 7 + 44);
    CHECK(stylesheet_hash().ends_with("="));
}

TEST_CASE("those who ask at the same time share one look", "[page]") {
    Desk desk;
    desk.pages.front({}, desk.answer());
    desk.pages.front({}, desk.answer());
    CHECK(desk.looks.size() == 1);
    desk.look();
    CHECK(desk.answers.size() == 2);
    desk.clock.pass(900ms);
    desk.pages.front({}, desk.answer());
    CHECK(desk.answers.size() == 3);
    desk.clock.pass(101ms);
    desk.pages.front({}, desk.answer());
    CHECK(desk.answers.size() == 3);
    CHECK(desk.looks.size() == 1);
}

TEST_CASE("a task's page is found by its id, with what the state file remembers", "[page]") {
    const TempDir folder;
    const auto path = folder / "state.sqlite";
    auto file = store::StateFile::own(path, store::this_process("test", FakeClock::start));
    store::Journal journal(file);
    auto transaction = file.begin();
    journal.add_history({.at = FakeClock::start, .task_id = "Housekeep_2026_08_21_6d2f", .status = "PENDING"});
    journal.add_history({.at = FakeClock::start, .task_id = "Long_ago", .status = "DONE"});
    transaction.commit(store::Durability::crash);
    Desk desk(path);
    for (const char* id : {"Housekeep_2026_08_21_6d2f", "Long_ago", "Never"}) desk.pages.task(id, desk.answer());
    desk.look();
    REQUIRE(desk.answers.size() == 3);
    CHECK(desk.answers[0].status == 200);
    CHECK_FALSE(HtmlReader(desk.answers[0].body).section("history").empty());
    CHECK(desk.answers[1].status == 200);
    CHECK(HtmlReader(desk.answers[1].body).inside("h1") == "Long_ago");
    CHECK(desk.answers[2].status == 404);
}

TEST_CASE("a state file that cannot be read takes nothing from the page but its part", "[page]") {
    const TempDir folder;
    Desk desk(folder / "none.sqlite");
    desk.pages.front({}, desk.answer());
    desk.pages.task("Housekeep_2026_08_21_6d2f", desk.answer());
    desk.look();
    REQUIRE(desk.answers.size() == 2);
    CHECK(desk.answers[0].status == 200);
    CHECK(desk.answers[1].status == 200);
}

TEST_CASE("metrics are answered as text for Prometheus", "[metrics]") {
    Desk desk;
    desk.pages.metrics(desk.answer());
    desk.look();
    CHECK(desk.answers[0].header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(desk.answers[0].body.find("\nfreshet_tasks{state=\"running\"} 2\n") != std::string::npos);
}
