// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/parameter_types.hpp"
#include "task/task_id.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using std::chrono::days;
using std::chrono::sys_days;
using Unit = DateInterval::Unit;
using Speed = Choice<"fast", "exact">;

enum class Metal { tin, iron };
template <>
inline constexpr std::pair<Metal, std::string_view> freshet::enum_names<Metal>[] = {{Metal::tin, "TIN"},
                                                                                    {Metal::iron, "IRON"}};

namespace {

/// The text after it was read and written.
template <class T>
std::string rewritten(std::string_view text) {
    const T value = Codec<T>::read(text);
    CHECK(Codec<T>::read(Codec<T>::write(value)) == value);
    return Codec<T>::write(value);
}

template <class T>
void check_rejected(const std::vector<std::string_view>& texts) {
    for (const std::string_view text : texts) {
        CAPTURE(text);
        CHECK_THROWS_AS(Codec<T>::read(text), ParameterError);
    }
}

}  // namespace

TEST_CASE("tasks with these parameters have Luigi's ids", "[codec]") {
    // As recorded from Luigi: reference/luigi_golden/task_ids.tsv.
    CHECK(task_id("Interval", {{"w", rewritten<DateInterval>("2015-W35")},
                               {"c", rewritten<DateInterval>("2015-11-04-2015-12-04")}}) ==
          "Interval_2015_11_04_2015__2015_W35_ca002858e9");
    CHECK(task_id("DctOrder",
                  {{"d", rewritten<Json>("{\"n\":null,\"a\":{\"z\":[1,2.5,1e100],\"\u00fc\":\"</\"},\"b\":1}")}}) ==
          "DctOrder___n___null___a___43061c314c");
    CHECK(task_id("Lst", {{"l", rewritten<Json>("[1,\"\u00e9\",[2.0,null,true],{\"k\":\"v\",\"a\":[1]}]")},
                          {"t", rewritten<std::tuple<std::tuple<int, int>, std::tuple<std::string, std::string>>>(
                                    "[[1,2],[\"a\",\"b\"]]")}}) == "Lst__1____u00e9____2___1__2_____a_____62f5b2db3b");
    CHECK(rewritten<DateSecond>("2024-02-29T235958") == "2024-02-29T235958");
}

TEST_CASE("a full second is read and written", "[codec]") {
    CHECK(Codec<DateSecond>::read("2024-02-29T235958") == sys_days(2024y / 2 / 29) + 23h + 59min + 58s);
    CHECK(Codec<DateSecond>::write(sys_days(1969y / 12 / 31) + 1s) == "1969-12-31T000001");
    check_rejected<DateSecond>({"", "2024-02-29T2359", "2024-02-29T235960", "2024-02-29T236000", "2023-02-29T235958",
                                "2024-02-29T23595x", "2024-02-29 235958"});
}

TEST_CASE("a date interval has the days of its unit", "[codec]") {
    const auto bounds = [](std::string_view text) {
        const auto interval = Codec<DateInterval>::read(text);
        return Codec<sys_days>::write(interval.first()) + " " + Codec<sys_days>::write(interval.end());
    };
    CHECK(bounds("2024") == "2024-01-01 2025-01-01");
    CHECK(bounds("2024-12") == "2024-12-01 2025-01-01");
    CHECK(bounds("2024-02-29") == "2024-02-29 2024-03-01");
    CHECK(bounds("2009-W01") == "2008-12-29 2009-01-05");  // ISO 8601's own examples
    CHECK(bounds("2009-W53") == "2009-12-28 2010-01-04");
    CHECK(bounds("2024-02-28-2024-03-02") == "2024-02-28 2024-03-02");
    for (const std::string_view text : {"2024", "2024-12", "2024-02-29", "2009-W53", "2024-03-02-2024-03-02"})
        CHECK(rewritten<DateInterval>(text) == text);
    CHECK(Codec<DateInterval>::read("2024-02-28-2024-03-02").days() ==
          std::vector<sys_days>{2024y / 2 / 28, 2024y / 2 / 29, 2024y / 3 / 1});
    CHECK(DateInterval::containing(Unit::month, 2024y / 2 / 10).contains(2024y / 2 / 29));
    CHECK_FALSE(DateInterval::containing(Unit::month, 2024y / 2 / 10).contains(2024y / 3 / 1));
    CHECK(DateInterval::containing(Unit::month, 2024y / 2 / 10) != DateInterval(2024y / 2 / 1, 2024y / 3 / 1));
    check_rejected<DateInterval>({"", "24", "2024-13", "2024-W54", "2023-W53", "2024-W00", "2024-Wxx", "2024-02-30",
                                  "2024-03-02-2024-03-01", "2024-03-02/2024-03-03", "202x-W01"});
}

TEST_CASE("intervals of one unit follow each other", "[codec]") {
    const auto neighbours = [](std::string_view text) {
        const auto interval = Codec<DateInterval>::read(text);
        CHECK(interval.next().previous() == interval);
        return Codec<DateInterval>::write(interval.previous()) + " " + Codec<DateInterval>::write(interval.next());
    };
    CHECK(neighbours("2024") == "2023 2025");
    CHECK(neighbours("2024-01") == "2023-12 2024-02");
    CHECK(neighbours("2009-W53") == "2009-W52 2010-W01");
    CHECK(neighbours("2024-03-01") == "2024-02-29 2024-03-02");
    CHECK_THROWS_AS(DateInterval(2024y / 1 / 1, 2024y / 1 / 3).next(), Error);
}

TEST_CASE("a dictionary keeps its order, and is no other JSON", "[codec]") {
    CHECK(rewritten<Json>(R"({"b":1, "a":[true,null]})") == R"({"b": 1, "a": [true, null]})");
    CHECK(rewritten<Json>("null") == "null");
    check_rejected<Json>({"", "1", "\"a\"", "{", "{} x"});
    CHECK(rewritten<std::vector<Json>>(R"([{"a":1},[2]])") == R"([{"a": 1}, [2]])");
}

TEST_CASE("a tuple has one value of each type", "[codec]") {
    using Tuple = std::tuple<int, std::string, bool, double, std::optional<int>, Metal, std::vector<int>>;
    const Tuple value{1, "1", true, 2, std::nullopt, Metal::iron, {1, 2}};
    CHECK(Codec<Tuple>::write(value) == R"([1, "1", true, 2.0, null, "IRON", [1, 2]])");
    CHECK(Codec<Tuple>::read(Codec<Tuple>::write(value)) == value);
    CHECK(rewritten<std::vector<std::tuple<int, std::string>>>(R"([[1,"a"],[2,"b"]])") == R"([[1, "a"], [2, "b"]])");
    CHECK(rewritten<std::tuple<>>("[]") == "[]");
    check_rejected<std::tuple<int, int>>({"", "1,2", "[1]", "[1, 2, 3]", "{}", "[1, \"x\"]"});
}

TEST_CASE("a choice is one of its texts, at first the first", "[codec]") {
    CHECK(Speed().text() == "fast");
    CHECK(Speed("exact") == Codec<Speed>::read("exact"));
    CHECK(rewritten<Speed>("exact") == "exact");
    CHECK(rewritten<std::vector<Speed>>("exact,fast") == "exact,fast");
    CHECK_THROWS_WITH(Codec<Speed>::read("slow"), "'slow' is not one of fast, exact");
    CHECK_THROWS_AS(Speed("slow"), ParameterError);
}

TEST_CASE("a bounded number is between its bounds", "[codec]") {
    using Hour = Bounded<int, 0, 23>;
    CHECK(Hour() == 0);
    CHECK(Bounded<int, 5, 9>() == 5);
    CHECK(Codec<Hour>::read("23") + 1 == 24);
    CHECK(rewritten<Hour>("+7") == "7");
    CHECK(rewritten<Bounded<double, -1, 1>>("1e-5") == "1e-05");
    CHECK(rewritten<std::vector<Hour>>("[1,2]") == "[1, 2]");
    CHECK_THROWS_WITH(Codec<Hour>::read("24"), "'24' is not between 0 and 23");
    check_rejected<Hour>({"-1", "x", ""});
    check_rejected<Bounded<double, 0, 1>>({"1.001", "nan", "-0.1", "inf"});
}
