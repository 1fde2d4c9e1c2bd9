// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/log_page.hpp"
#include "dashboard/views.hpp"
#include "html_reader.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using namespace std::chrono_literals;

namespace {

const store::AttemptLogKey key{.task_id = "A/b", .run_id = "r-1", .number = 2};

LogQuery read(const std::string& text) {
    const FormFields fields = form_decoded(text);
    PageQuery query(fields);
    return LogQuery::read(query);
}

std::string lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += std::to_string(i) + std::string(1'000, 'x') + "\n";
    return text;
}

/// The pages of one log.
struct LogFixture {
    explicit LogFixture(const std::string& text) { logs.append(key, 0, text); }

    LogPageData page(const std::string& query) const {
        LogPageData data{.task_id = key.task_id, .logs = logs.list(key.task_id), .taken = FakeClock::start};
        data.log = *logs.read(key, read(query).offset, log_piece_size);
        return data;
    }

    TempDir dir;
    store::AttemptLogStore logs{dir / "logs", std::chrono::days(90)};
};

/// The query of the link with that label; "" without one.
std::string link_of(const LogPageData& data, const std::string& label) {
    const std::string page = log_page(data);
    const auto end = page.find("\">" + label + "</a>");
    if (end == page.npos) return {};
    const auto begin = page.rfind("href=\"", end) + 6;
    return unescaped(page.substr(begin, end - begin)).substr(4);
}

}  // namespace

TEST_CASE("the part of a log that is asked for is in its address", "[dashboard][logs]") {
    const LogQuery query = read("attempt=2&run=r-1&offset=7&format=text");
    CHECK(query.attempt == 2);
    CHECK(query.offset == 7);
    CHECK(query.is_text);
    CHECK(query.address() == "log?attempt=2&run=r-1&offset=7&format=text");
    CHECK_FALSE(read("attempt=0&offset=-1&format=pdf").attempt);
}

TEST_CASE("the newest log is found that has the number and the run", "[dashboard][logs]") {
    const std::vector<store::AttemptLogKey> logs{{"A", "r-2", 1}, {"A", "r-1", 2}, {"A", "r-1", 1}};
    CHECK(find_log(logs, {}) == logs[0]);
    CHECK(find_log(logs, {.attempt = 1}) == logs[0]);
    CHECK(find_log(logs, {.attempt = 1, .run = "r-1"}) == logs[2]);
    CHECK_FALSE(find_log(logs, {.attempt = 3}));
}

TEST_CASE("a long log has parts, whose links lead from its end to its begin and back", "[dashboard][logs]") {
    const LogFixture fixture(lines(1'000));
    LogPageData page = fixture.page("");
    CHECK(page.is_at_end());
    CHECK(link_of(page, "Later").empty());
    int parts = 1;
    for (std::string earlier = link_of(page, "Earlier"); !earlier.empty(); earlier = link_of(page, "Earlier")) {
        const std::uint64_t begin = page.log.piece.begin;
        page = fixture.page(earlier);
        REQUIRE(page.log.piece.begin < begin);
        ++parts;
    }
    CHECK(page.log.piece.begin == 0);
    CHECK(parts == 8);
    std::string text = page.log.piece.text;
    for (std::string later = link_of(page, "Later"); !later.empty(); later = link_of(page, "Later")) {
        page = fixture.page(later);
        text += page.log.piece.text;
    }
    CHECK(text == lines(1'000));
}

TEST_CASE("what a log leaves out is told where it is, and passed by its links", "[dashboard][logs]") {
    LogFixture fixture(lines(10));
    fixture.logs.append(key, 1'000'000, "after\n");
    LogPageData page = fixture.page("");
    CHECK(page.log.piece.text == "after\n");
    CHECK_THAT(log_page(page), Catch::Contains(std::to_string(page.log.left_out) + " bytes before this are left out"));
    CHECK(log_json(page).at("note_before").as_string() == page.begin_note());
    const LogPageData earlier = fixture.page("offset=" + log_json(page).at("previous_offset").text());
    CHECK(earlier.log.piece.text == lines(10));
    CHECK(log_json(earlier).at("previous_offset").is_null());
    CHECK(log_json(earlier).at("note_before").is_null());
    CHECK(fixture.page(link_of(page, "Earlier")).log.piece.text == lines(10));
    const LogQuery query{.offset = lines(10).size()};
    CHECK(log_text(fixture.page("offset=" + std::to_string(*query.offset)), query) ==
          "... " + std::to_string(page.log.left_out) + " bytes before this are left out\nafter\n");
}

TEST_CASE("the end of a log says that its attempt runs, or that its worker was lost", "[dashboard][logs]") {
    const LogFixture fixture("once upon a time\n");
    LogPageData page = fixture.page("");
    CHECK(page.end_note().empty());
    page.attempt = store::AttemptRow{.run_id = "r-1", .task_id = "A/b", .worker = "W"};
    CHECK(page.end_note() == "the attempt is running");
    page.attempt->ended = FakeClock::start;
    page.attempt->status = "LOST";
    CHECK_THAT(HtmlReader(log_page(page)).text(), Catch::Contains("the worker was lost; the log ends here"));
    CHECK(log_json(page).at("note").as_string() == "the worker was lost; the log ends here");
    CHECK(log_text(page, {}) == "once upon a time\n[the worker was lost; the log ends here]\n");
    CHECK_THAT(log_page(page), !Catch::Contains("#retry"));
    page.attempt->status = "FAILED";
    CHECK_THAT(log_page(page), Catch::Contains("<a href=\"../A%2Fb#retry\">Retry it on its page</a>"));
    page.attempt->status = "DONE";
    CHECK(log_json(page).at("note").is_null());
}

TEST_CASE("the text of a log is text on its page", "[dashboard][logs]") {
    const LogFixture fixture("<script>alert(1)</script>\x1b[31m\xff\n");
    const HtmlReader page(log_page(fixture.page("")));
    CHECK(page.each("script") == std::vector<std::string>{""});  // its own
    CHECK_THAT(page.text(), Catch::Contains("<script>alert(1)</script>\uFFFD[31m\uFFFD"));
}

TEST_CASE("JSON is refused while the scheduler answers nobody", "[dashboard][json]") {
    const FormFields fields;
    const PageQuery query(fields);
    CHECK(refuse_json(query, 7s)->status == 503);
    CHECK_FALSE(refuse_json(query, 0s));
}
