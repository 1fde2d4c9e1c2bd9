// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/level_selection.hpp"

#include <catch2/catch.hpp>

using gfs::Levels;

TEST_CASE("the levels of the list are selected, all for an empty list", "[gfs]") {
    const auto levels = Levels::parse("surface, 2 m above ground");
    CHECK(levels.contains("surface"));
    CHECK(levels.contains("2 m above ground"));
    CHECK_FALSE(levels.contains("10 m above ground"));
    CHECK(Levels::parse("").contains("10 m above ground"));
}

TEST_CASE("a range selects levels of its unit between its ends, in either order", "[gfs]") {
    for (const auto* const text : {"500..1000 mb", "1000..500 mb"}) {
        const auto levels = Levels::parse(text);
        CHECK(levels.contains("500 mb"));
        CHECK(levels.contains("975 mb"));
        CHECK(levels.contains("1000 mb"));
        CHECK_FALSE(levels.contains("450 mb"));
        CHECK_FALSE(levels.contains("600 m above ground"));
        CHECK_FALSE(levels.contains("surface"));
    }
    CHECK(Levels::parse("0.01..0.7 mb").contains("0.4 mb"));
}

TEST_CASE("a layer is selected by its text only, never by a range", "[gfs]") {
    CHECK_FALSE(Levels::parse("0..100 mb above ground").contains("30-0 mb above ground"));
    CHECK(Levels::parse("30-0 mb above ground").contains("30-0 mb above ground"));
    CHECK(Levels::parse("*-* mb above ground").contains("30-0 mb above ground"));
}

TEST_CASE("equal selections of levels have one text, which parses to the same value", "[gfs]") {
    const auto levels = Levels::parse("surface,1000.. 500.0 mb,500 mb,surface");
    CHECK(levels.text() == "500 mb,500..1000 mb,surface");
    CHECK(Levels::parse(levels.text()) == levels);
    CHECK(Levels::parse("").text().empty());
}

TEST_CASE("text that is not a list of levels is rejected", "[gfs]") {
    CHECK_THROWS_WITH(Levels::parse("500..mb"), "'500..mb' is not a range of levels like '500..1000 mb'");
    CHECK_THROWS_WITH(Levels::parse("500..1000"), "'500..1000' is not a range of levels like '500..1000 mb'");
    CHECK_THROWS_WITH(Levels::parse("surface,,500 mb"), Catch::Contains("has an empty part"));
}
