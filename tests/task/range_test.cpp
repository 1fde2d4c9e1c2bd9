// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/range.hpp"

#include "freshet/registry.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace freshet;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year_month_day;

namespace {

/// The days whose tasks are complete, and how many tasks each question was about.
std::set<sys_days> complete_days;
std::vector<std::size_t> questions;

struct Daily {
    sys_days day{};
    std::string region = "eu";
    int size = 1;
    static constexpr Parameter parameters[] = {param<&Daily::day>("which").required(),
                                               param<&Daily::region>("of the world"), param<&Daily::size>("of it")};
    bool complete() const { return complete_days.contains(day); }
    void run() const {}
    static std::vector<bool> bulk_complete(const std::vector<Daily>& tasks) {
        questions.push_back(tasks.size());
        std::vector<bool> answers;
        for (const Daily& task : tasks) answers.push_back(task.complete());
        return answers;
    }
};

struct Numbered {
    unsigned char number = 0;
    static constexpr Parameter parameters[] = {param<&Numbered::number>("which")};
    bool complete() const { return false; }
    void run() const {}
};

struct Twice {
    sys_days first{}, second{};
    static constexpr Parameter parameters[] = {param<&Twice::first>("one"), param<&Twice::second>("two")};
    bool complete() const { return false; }
    void run() const {}
};

/// Requires a week of another class.
struct Weekly {
    sys_days day{};
    static constexpr TaskKind kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {param<&Weekly::day>("its first day")};
    Range requirements() const {
        return {.of = TaskClass::of<Daily>(),
                .start = Codec<sys_days>::write(day),
                .stop = Codec<sys_days>::write(day + std::chrono::days(7))};
    }
};

/// Requires a task of any class, for two sizes.
struct Compare {
    TaskClass of;
    static constexpr TaskKind kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {param<&Compare::of>("which tasks").required()};
    std::vector<AnyTask> requirements() const {
        return {of.make({{"day", "2026-01-01"}, {"size", "1"}}), of.make({{"day", "2026-01-01"}, {"size", "2"}})};
    }
};

Registry registry() { return Registry::of<Daily, Numbered, Twice, Weekly, Compare>(); }

constexpr sys_days today = sys_days(2026y / 8 / 21);
const long long now = (today + 6h).time_since_epoch() / 1s;

std::vector<std::string> descriptions(const std::vector<AnyTask>& tasks) {
    std::vector<std::string> texts;
    for (const AnyTask& task : tasks) texts.push_back(task.description());
    return texts;
}

std::string error_of(std::string_view family, const Values& values) {
    try {
        registry().make(family, values).requirements();
    } catch (const ParameterError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("ranges have Luigi's ids", "[range]") {  // as luigi 3.8.1 gives them
    const AnyTask daily = registry().make("RangeDaily", {{"of", "Daily"}, {"start", "2026-01-01"}});
    CHECK(daily.id() == "RangeDaily_100_0_None_6b85697670");
    CHECK(registry().configured(RangeDaily{.of = TaskClass::of<Daily>(), .start = sys_days(2026y / 1 / 1)}) == daily);
    CHECK(registry().make("RangeDaily", {{"of", "Daily"}, {"of_params", R"({"region": "é", "size": 2})"}}).id() ==
          "RangeDaily_100_0_None_488d822f25");
}

TEST_CASE("a range asks for the completeness of all its tasks at once, and requires the first or the last missing ones",
          "[range]") {
    complete_days = {today - std::chrono::days(2)};
    questions.clear();
    RangeDaily range{.of = TaskClass::of<Daily>(), .start = today - std::chrono::days(4), .task_limit = 3, .now = now};
    CHECK(descriptions(registry().configured(range).requirements()) ==
          std::vector<std::string>{"Daily(day=2026-08-17)", "Daily(day=2026-08-18)", "Daily(day=2026-08-20)"});
    range.reverse = true;
    CHECK(descriptions(registry().configured(range).requirements()) ==
          std::vector<std::string>{"Daily(day=2026-08-21)", "Daily(day=2026-08-20)", "Daily(day=2026-08-18)"});
    CHECK(questions == std::vector<std::size_t>{5, 5});
}

TEST_CASE("the tasks of a range get its arguments, whatever they are in JSON", "[range]") {
    const AnyTask range = registry().make("Range", {{"of", "Daily"},
                                                    {"of_params", R"({"region": "us", "size": 3})"},
                                                    {"start", "2026-01-01"},
                                                    {"stop", "2026-01-02"}});
    CHECK(descriptions(range.requirements()) == std::vector<std::string>{"Daily(day=2026-01-01, region=us, size=3)"});
}

TEST_CASE("a range is required in code like any task", "[range]") {
    complete_days.clear();
    const AnyTask weekly = registry().make("Weekly", {{"day", "2026-02-25"}});
    const auto days = weekly.requirements().at(0).requirements();
    REQUIRE(days.size() == 7);
    CHECK(days.back().description() == "Daily(day=2026-03-03)");
    CHECK_FALSE(weekly.complete());
    for (int day = 0; day < 7; ++day) complete_days.insert(sys_days(2026y / 2 / 25) + std::chrono::days(day));
    CHECK(weekly.complete());
}

TEST_CASE("a task class that is a parameter makes tasks from values", "[range]") {
    const AnyTask compare = registry().make("Compare", {{"of", "Daily"}});
    CHECK(compare.id() == "Compare_Daily_fff9bf37e1");  // as Luigi gives it
    CHECK(descriptions(compare.requirements()) ==
          std::vector<std::string>{"Daily(day=2026-01-01)", "Daily(day=2026-01-01, size=2)"});
    CHECK_THROWS_WITH(registry().make("Compare", {{"of", "Daly"}}),
                      Catch::Contains("there is no task called 'Daly'; did you mean 'Daily'?"));
    CHECK_THROWS_WITH(TaskClass::of<Daily>().make({{"dya", "2026-01-01"}}), Catch::Contains("no parameter 'dya'"));
    CHECK_THROWS_AS(TaskClass().make(), ParameterError);
}

TEST_CASE("a range over a small integer ends at its greatest value", "[range]") {
    const auto numbers = [](const char* start, const char* stop) {
        return registry().make("Range", {{"of", "Numbered"}, {"start", start}, {"stop", stop}}).requirements().size();
    };
    CHECK(numbers("250", "255") == 5);
    CHECK(error_of("Range", {{"of", "Numbered"}, {"start", "250"}, {"stop", "256"}}) ==
          "'256' is not between 0 and 255");
}

TEST_CASE("an impossible range is refused in words", "[range]") {
    CHECK(error_of("RangeDaily", {{"of", "Daly"}}) ==
          "RangeDaily --of: there is no task called 'Daly'; did you mean 'Daily'?");
    CHECK(error_of("RangeDaily", {{"of", "Daily"}}) == "at least one of --start and --stop needs to be specified");
    CHECK(error_of("RangeDaily", {{"of", "Daily"}, {"stop", "2026-01-01"}}) ==
          "either --start needs to be specified or --reverse needs to be given");
    CHECK(error_of("RangeDaily", {{"of", "Daily"}, {"start", "2026-01-02"}, {"stop", "2026-01-01"}}) ==
          "--start is after --stop");
    CHECK(error_of("RangeDaily", {{"of", "Numbered"}, {"start", "2026-01-02"}}) ==
          "Numbered has no parameter that is a day");
    CHECK(error_of("RangeDaily", {{"of", "Twice"}, {"start", "2026-01-02"}}) ==
          "Twice has several parameters that are a day, 'first' and 'second': say which with --param-name");
    CHECK(error_of("RangeDaily", {{"of", "Daily"}, {"start", "2026-01-02"}, {"of_params", R"({"regoin": "us"})"}}) ==
          "Daily has no parameter 'regoin'; did you mean 'region'?");
    CHECK(error_of("RangeDaily", {{"of", "Daily"}, {"of_params", "region=us"}})
              .starts_with("RangeDaily --of_params: 'region=us' is not an object like {\"name\": \"value\"}: "));
}

TEST_CASE("a program has the ranges for which a task has a parameter", "[range]") {
    const auto ranges_of = [](const Registry& registry) {
        std::vector<std::string_view> families;
        for (const TaskType* type : registry.ranges()) families.push_back(type->family);
        return families;
    };
    CHECK(ranges_of(registry()) == std::vector<std::string_view>{"RangeDaily", "Range"});
    CHECK(ranges_of(Registry::of<Numbered>()) == std::vector<std::string_view>{"Range"});
    CHECK(ranges_of(Registry::of<>()).empty());
    CHECK(registry().types().size() == 5);
}
