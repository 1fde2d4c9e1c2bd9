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

TEST_CASE("a range selects the leads of the product in it", "[gfs]") {
    CHECK(Leads::parse("0-3,24").hours(hourly()) == std::vector{0, 1, 2, 3, 24});
    CHECK(Leads::parse("0-7,24").hours(three_hourly()) == std::vector{0, 3, 6, 24});
    CHECK(Leads::parse("119-126").hours(hourly()) == std::vector{119, 120, 123, 126});
}

TEST_CASE("the text of leads is canonical", "[gfs]") {
    CHECK(Leads::parse("24,0-6,7-12,5,24").text() == "0-12,24");
    CHECK(Leads::parse("6,7").text() == "6,7");
    CHECK(Leads::parse(Leads::parse("30-36,3").text()) == Leads::parse("3,30-36"));
}

TEST_CASE("equal selections have one text per product", "[gfs]") {
    CHECK(Leads::from_hours({0, 3, 6}, three_hourly()).text() == "0-6");
    CHECK(Leads::from_hours({0, 3, 6}, hourly()).text() == "0,3,6");
    CHECK(Leads::from_hours(hourly().leads(), hourly()).text() == "0-384");
}

TEST_CASE("all leads are the default", "[gfs]") {
    CHECK(Leads().text() == "all");
    CHECK(Leads::parse("all") == Leads());
    CHECK(Leads().hours(three_hourly()).size() == 129);
}

TEST_CASE("leads can be a task parameter", "[gfs]") {
    static_assert(freshet::ParameterValue<Leads>);
    for (const auto* text : {"all", "0-12,24", "6"})
        CHECK(freshet::Codec<Leads>::write(freshet::Codec<Leads>::read(text)) == text);
}

TEST_CASE("a lead that the product does not have is rejected", "[gfs]") {
    CHECK_THROWS_WITH(Leads::parse("6,7").hours(three_hourly()),
                      "'7' is not a lead of 'pgrb2.1p00': 0-384, 129 in total");
    CHECK_THROWS_WITH(Leads::parse("390-400").hours(hourly()),
                      "'390-400' is not a lead of 'pgrb2.0p25': 0-384, 209 in total");
}

TEST_CASE("text that is not a selection of leads is rejected", "[gfs]") {
    CHECK_THROWS_WITH(Leads::parse("0-6,x"), "'x' in leads '0-6,x' is not an hour like 24 or a range like 0-12");
    CHECK_THROWS_WITH(Leads::parse("6-0"), "range '6-0' in leads '6-0' is reversed");
    for (const auto* text : {"", ",", "1,", "-3", "3-", "1-2-3", " 1", "1.5", "99999999999"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(Leads::parse(text), freshet::ParameterError);
    }
}
