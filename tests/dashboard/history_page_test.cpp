// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/history_page.hpp"
#include "base/url_encoding.hpp"
#include "html_reader.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using namespace std::chrono_literals;

namespace {

HistoryView view_of(const std::string& message) {
    HistoryView view{.taken = FakeClock::start + 60s};
    view.page.attempts.push_back({.run_id = "R",
                                  .task_id = "Load_1",
                                  .worker = "W",
                                  .started = FakeClock::start,
                                  .ended = FakeClock::start + 5s,
                                  .status = "FAILED",
                                  .message = message});
    return view;
}

}  // namespace

TEST_CASE("the filter of the history is in its address", "[dashboard]") {
    const std::string address =
        "history?status=FAILED&family=Load&text=08_21&error=refused&since=2026-08-21T06%3A00%3A00Z&after=7";
    const FormFields fields = form_decoded(address.substr(8));
    PageQuery query(fields);
    const store::AttemptFilter filter = read_attempt_filter(query);
    CHECK(filter.family == "Load");
    CHECK(filter.before == 7);
    CHECK_FALSE(query.refusal());
    const FormFields again = form_decoded(history_address(filter).substr(8));
    PageQuery second(again);
    CHECK(history_address(read_attempt_filter(second)) == history_address(filter));
    CHECK(history_address({}) == "history");
}

TEST_CASE("the history names each attempt with its task, state, duration and message", "[dashboard]") {
    HistoryView view = view_of("the source is gone");
    view.page.next = 17;
    view.filter.family = "Load";
    const HtmlReader page(history_page(view));
    CHECK_THAT(page.text(), Catch::Contains("Load_1 FAILED 1") && Catch::Contains("the source is gone"));
    CHECK(std::ranges::count(page.links(), "history?family=Load&after=17") == 1);
    CHECK(history_json(view).at("attempts").as_array()[0].at("status").as_string() == "FAILED");
    CHECK(history_json(view).at("next_after").as_integer() == 17);
}

TEST_CASE("the history as JSON has the messages of Luigi's workers as text, and says if it cannot be read",
          "[dashboard][json]") {
    const Json json = history_json(view_of(Json("it\nbroke").text()));
    CHECK(json.at("attempts").as_array()[0].at("message").as_string() == "it\nbroke");
    CHECK(json.at("attempts").as_array()[0].at("duration").as_number() == 5);
    CHECK(json.at("has_history").as_bool());
    CHECK_FALSE(history_json({.has_history = false}).at("has_history").as_bool());
}

TEST_CASE("hostile text in the history is shown as text", "[dashboard]") {
    HistoryView view = view_of("<script>alert(1)</script>");
    view.page.attempts[0].task_id = "<b>_1";
    view.filter.error = "\"><script>";
    const HtmlReader page(history_page(view));
    CHECK(page.each("script") == std::vector<std::string>{""});  // its own
    CHECK(page.elements().count("b") == 0);
}

TEST_CASE("a history without a match says so, or how far it has searched", "[dashboard]") {
    CHECK_THAT(history_page({}), Catch::Contains("No attempt matches."));
    HistoryView view;
    view.page.next = 5;
    view.page.searched_until = FakeClock::start;
    CHECK_THAT(history_page(view),
               Catch::Contains("No attempt matches so far.") && Catch::Contains("Searched back to"));
    CHECK_THAT(history_page({.has_history = false}), Catch::Contains("The history cannot be read."));
}
