// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/leads.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using gfs::Leads;

namespace {

const gfs::Product& hourly() { return gfs::find_product("pgrb2.0p25"); }
const gfs::Product& three_hourly() { return gfs::find_product("pgrb2.1p00"); }

}  // namespace

TEST_CASE("ranges of leads run over the steps of the product", "[gfs]") {
    CHECK(Leads::parse("0-3,24").hours(hourly()) == std::vector{0, 1, 2, 3, 24});
    CHECK(Leads::parse("0-7,24").hours(three_hourly()) == std::vector{0, 3, 6, 24});
    CHECK(Leads::parse("119-126").hours(hourly()) == std::vector{119, 120, 123, 126});
}

TEST_CASE("the text of leads is canonical", "[gfs]") {
    CHECK(Leads::parse("24,0-6,7-12,5,24").text() == "0-12,24");
    CHECK(Leads::parse("6,7").text() == "6,7");
    CHECK(Leads::parse(Leads::parse("30-36,3").text()) == Leads::parse("3,30-36"));
}

TEST_CASE("equal wishes have one text per product", "[gfs]") {
    CHECK(Leads::from_hours({0, 3, 6}, three_hourly()).text() == "0-6");
    CHECK(Leads::from_hours({0, 3, 6}, hourly()).text() == "0,3,6");
    CHECK(Leads::from_hours(hourly().leads(), hourly()).text() == "0-384");
}

TEST_CASE("leads that are not told are all", "[gfs]") {
    CHECK(Leads().text() == "all");
    CHECK(Leads::parse("all") == Leads());
    CHECK(Leads().hours(three_hourly()).size() == 129);
}

TEST_CASE("leads are a parameter of tasks", "[gfs]") {
    static_assert(freshet::ParameterValue<Leads>);
    for (const auto* text : {"all", "0-12,24", "6"})
        CHECK(freshet::Codec<Leads>::write(freshet::Codec<Leads>::read(text)) == text);
}

TEST_CASE("a lead that the product does not have is refused", "[gfs]") {
    CHECK_THROWS_WITH(Leads::parse("6,7").hours(three_hourly()),
                      "'7' is not among the leads of 'pgrb2.1p00': 0-384, 129 in all");
    CHECK_THROWS_WITH(Leads::parse("390-400").hours(hourly()),
                      "'390-400' is not among the leads of 'pgrb2.0p25': 0-384, 209 in all");
}

TEST_CASE("what is not leads is refused in words", "[gfs]") {
    CHECK_THROWS_WITH(Leads::parse("0-6,x"), "'x' in the leads '0-6,x' is not an hour like 24 or a range like 0-12");
    CHECK_THROWS_WITH(Leads::parse("6-0"), "the range '6-0' in the leads '6-0' runs backwards");
    for (const auto* text : {"", ",", "1,", "-3", "3-", "1-2-3", " 1", "1.5", "99999999999"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(Leads::parse(text), freshet::ParameterError);
    }
}
