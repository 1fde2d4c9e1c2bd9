// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/codec.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using freshet::Codec;
using namespace std::chrono_literals;

enum class Colour { red, blue };
template <>
inline constexpr std::pair<Colour, std::string_view> freshet::enum_names<Colour>[] = {{Colour::red, "RED"},
                                                                                      {Colour::blue, "BLUE"}};

namespace {

/// The law that every Codec keeps: what was written reads back the same.
template <class T>
void check_round_trip(const std::vector<T>& values) {
    for (const T& value : values) {
        const std::string text = Codec<T>::write(value);
        CAPTURE(text);
        CHECK(Codec<T>::read(text) == value);
    }
}

template <class T>
std::string rewritten(std::string_view text) {
    return Codec<T>::write(Codec<T>::read(text));
}

}  // namespace

TEST_CASE("every built-in type is read back as it was written", "[codec]") {
    using namespace std::chrono;
    check_round_trip<std::string>({"", "a b", "\u2603", "'\"\\"});
    check_round_trip<int>({0, -7, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()});
    check_round_trip<unsigned char>({0, 255});
    check_round_trip<double>({0.0, -0.5, 0.1, 1e16, 1e-5, 1e300, HUGE_VAL, -HUGE_VAL});
    check_round_trip<bool>({true, false});
    check_round_trip<std::filesystem::path>({"", ".", "/", "a/../b", "/data/gfs"});
    check_round_trip<sys_days>({sys_days(2024y / 2 / 29), sys_days(1969y / 12 / 31)});
    check_round_trip<freshet::DateHour>({sys_days(2024y / 2 / 29) + 23h});
    check_round_trip<freshet::DateMinute>({sys_days(2024y / 2 / 29) + 23h + 59min, sys_days(1969y / 12 / 31)});
    check_round_trip<year_month>({2024y / 2});
    check_round_trip<year>({1999y});
    check_round_trip<seconds>({0s, 90s, -1s, -604800s, -8 * 86400s, 1234567s});
    check_round_trip<Colour>({Colour::red, Colour::blue});
    check_round_trip<std::optional<int>>({std::nullopt, 5});
    check_round_trip<std::vector<int>>({{}, {1}, {1, -2}});
    check_round_trip<std::vector<bool>>({{true, false}});
    check_round_trip<std::vector<double>>({{0.5, 2.0, HUGE_VAL}});
    check_round_trip<std::vector<std::string>>({{}, {"a,b", "[", "\u00e9"}});
    check_round_trip<std::vector<Colour>>({{Colour::red, Colour::blue}, {}});
    check_round_trip<std::vector<sys_days>>({{sys_days(2024y / 1 / 1)}});
    check_round_trip<std::vector<std::vector<int>>>({{}, {{}}, {{1}, {2, 3}}});
    check_round_trip<std::vector<std::vector<bool>>>({{{true}, {}, {false, true}}});
    check_round_trip<std::vector<std::vector<double>>>({{{0.5, HUGE_VAL}, {1e16}}});
    check_round_trip<std::vector<std::vector<std::string>>>({{{"a,b", "[1]"}, {"\u00e9", ""}}});
    check_round_trip<std::vector<std::vector<Colour>>>({{{Colour::red, Colour::blue}, {}}});
    check_round_trip<std::vector<std::vector<std::vector<int>>>>({{{{1}, {}}, {{2, 3}}}});
    check_round_trip<std::vector<std::optional<int>>>({{std::nullopt, 1}});
    check_round_trip<std::vector<std::optional<std::string>>>({{"a", std::nullopt}});
}

TEST_CASE("values have Luigi's text form", "[codec]") {
    CHECK(Codec<bool>::write(true) == "True");
    CHECK(Codec<double>::write(1e16) == "1e+16");
    CHECK(Codec<std::vector<int>>::write({1, 2}) == "[1, 2]");
    CHECK(Codec<std::vector<std::string>>::write({"a", "\u00e9"}) == "[\"a\", \"\\u00e9\"]");
    CHECK(Codec<std::vector<Colour>>::write({Colour::blue, Colour::red}) == "BLUE,RED");
    CHECK(Codec<std::chrono::seconds>::write(907'445s) == "1 w 3 d 12 h 4 m 5 s");
    CHECK(Codec<std::chrono::seconds>::write(-1s) == "-1 w 6 d 23 h 59 m 59 s");
    CHECK(Codec<std::filesystem::path>::write("a//b/./../c/") == "a/b/../c");
}

TEST_CASE("a list in a list is written as Luigi writes it, and one of strings of earlier versions is read", "[codec]") {
    using Rows = std::vector<std::vector<int>>;
    CHECK(Codec<Rows>::write({{1}, {2, 3}, {}}) == "[[1], [2, 3], []]");
    CHECK(Codec<std::vector<std::vector<bool>>>::write({{true}, {false}}) == "[[true], [false]]");
    CHECK(Codec<std::vector<std::vector<double>>>::write({{1, 0.5, HUGE_VAL}}) == "[[1.0, 0.5, Infinity]]");
    CHECK(Codec<std::vector<std::vector<std::string>>>::write({{"\u00e9", "1"}}) == "[[\"\\u00e9\", \"1\"]]");
    CHECK(Codec<std::vector<Rows>>::write({{{1}}, {}}) == "[[[1]], []]");
    CHECK(Codec<Rows>::read("[\"[1]\", \"[2, 3]\"]") == Rows{{1}, {2, 3}});
}

TEST_CASE("an absent element of a list is null", "[codec]") {
    CHECK(Codec<std::vector<std::optional<int>>>::write({1, std::nullopt}) == "[1, null]");
    CHECK(Codec<std::vector<std::optional<std::string>>>::write({"a", std::nullopt}) == "[\"a\", null]");
    CHECK(Codec<std::vector<std::optional<std::vector<int>>>>::write({std::nullopt, std::vector{1}}) == "[null, [1]]");
    CHECK_THROWS_AS(Codec<std::vector<int>>::read("[1, null]"), freshet::ParameterError);
}

TEST_CASE("a duration is parsed from seconds, ISO 8601 and words", "[codec]") {
    for (const char* text :
         {"5400", "PT1H30M", "pt1h30m", "1h 30m", "1 hour 30 minutes", "90m", "1h30m", "90 minutes"}) {
        CAPTURE(text);
        CHECK(Codec<std::chrono::seconds>::read(text) == 90min);
    }
    CHECK(Codec<std::chrono::seconds>::read("P2W") == 336h);
    CHECK(Codec<std::chrono::seconds>::read("P1DT6H") == 30h);
}

TEST_CASE("an ambiguous duration is rejected", "[codec]") {
    for (const char* text :
         {"", "1x", "4 min 5 s", "2 days 1 week", "1h 1h", "PT6D", "P6H", "-", "h", "99999999999999w"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(Codec<std::chrono::seconds>::read(text), freshet::ParameterError);
    }
}

TEST_CASE("a list may be given as a plain line with commas", "[codec]") {
    CHECK(Codec<std::vector<int>>::read("1, 2,3") == std::vector{1, 2, 3});
    CHECK(Codec<std::vector<std::string>>::read("a,b") == std::vector<std::string>{"a", "b"});
}

TEST_CASE("integers are parsed as Python parses them", "[codec]") {
    CHECK(rewritten<int>(" +1_000 ") == "1000");
    CHECK_THROWS_WITH(Codec<int>::read("1__0"), "'1__0' is not a whole number");
    CHECK_THROWS_WITH(Codec<int>::read("3000000000"), "'3000000000' is not between -2147483648 and 2147483647");
    CHECK_THROWS_WITH(Codec<unsigned>::read("-1"), "'-1' is not a whole number");
}

TEST_CASE("an invalid value is rejected with the expected form", "[codec]") {
    CHECK_THROWS_WITH(Codec<std::chrono::sys_days>::read("2026-02-30"), "'2026-02-30' is not a date like 2026-11-21");
    CHECK_THROWS_WITH(Codec<freshet::DateHour>::read("2026-11-21T24"),
                      "'2026-11-21T24' is not a full hour like 2026-11-21T06");
    CHECK_THROWS_WITH(Codec<bool>::read("yes"), "'yes' is neither true nor false");
    CHECK_THROWS_WITH(Codec<Colour>::read("GREEN"), "'GREEN' is not one of RED, BLUE");
    CHECK_THROWS_AS(Codec<double>::read("1.5x"), freshet::ParameterError);
    CHECK_THROWS_AS(Codec<std::vector<int>>::read("[1, 2"), freshet::ParameterError);
}
