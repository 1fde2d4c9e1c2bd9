// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/cf_table.hpp"

#include "netcdf/vertical_levels.hpp"
#include "real_data.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using Catch::Matchers::Contains;
using gfs::CfTable;

namespace {

const std::string head =
    "ncep_abbrev,discipline,category,number,surface,standard_name,units,long_name,statistic,wmo_alternative_id,"
    "base_name,flag_meanings,comment,notes\n";

/// The names (3) or the levels (4) of an inventory.
std::set<std::string> column_of(const std::filesystem::path& inventory, int column) {
    std::set<std::string> found;
    std::ifstream lines(inventory);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string field;
        for (int i = 0; i <= column; ++i) std::getline(fields, field, ':');
        found.insert(field);
    }
    return found;
}

/// The real inventories that are at hand: 696, 743 and 100 lines.
std::vector<std::filesystem::path> real_inventories() {
    std::vector<std::filesystem::path> found;
    for (const char* const name : {"idx/reform.gfs.t00z.pgrb2.0p25.f000.idx", "idx/reform.gfs.t00z.pgrb2.0p25.f007.idx",
                                   "idx/kerchunk.gfs.t00z.pgrb2.0p25.f006.test-limit-100.idx"}) {
        if (const auto file = gfs::test::real_file(name)) found.push_back(*file);
    }
    return found;
}

/// "2 m above ground" is "# m above ground".
std::string without_numbers(const std::string& level) {
    return std::regex_replace(level, std::regex("[0-9.]+(e-[0-9]+)?|-[0-9.]+e-[0-9]+"), "#");
}

}  // namespace

TEST_CASE("a quoted field may hold commas and quotes", "[netcdf]") {
    CHECK(gfs::parse_csv("a,\"b, \"\"c\"\"\"\nd,\n") ==
          std::vector<std::vector<std::string>>{{"a", "b, \"c\""}, {"d", ""}});
}

TEST_CASE("the row for the surface comes before the row for any surface", "[netcdf]") {
    const CfTable& table = CfTable::built_in();
    CHECK(table.find({0, 0, 0}, 1)->standard_name == "surface_temperature");
    CHECK(table.find({0, 0, 0}, 103)->standard_name == "air_temperature");
    CHECK(table.find({0, 0, 0}, 102)->standard_name == "air_temperature");
}

TEST_CASE("on a surface that no row names a parameter keeps its name and units but no standard name", "[netcdf]") {
    const gfs::CfRow* row = CfTable::built_in().find({0, 1, 8}, 200);
    REQUIRE(row != nullptr);
    CHECK(row->ncep_name == "APCP");
    CHECK(row->units == "kg m-2");
    CHECK(row->standard_name.empty());
}

TEST_CASE("a parameter is known by NCEP's number and by the WMO's that replaces it", "[netcdf]") {
    const CfTable& table = CfTable::built_in();
    CHECK(table.find({0, 4, 192}, 1)->ncep_name == "DSWRF");
    CHECK(table.find({0, 4, 7}, 1)->ncep_name == "DSWRF");
    CHECK(table.find({0, 191, 240}, 1) == nullptr);
}

TEST_CASE("a parameter of NCEP's tables without a row has their name and unit, and no standard name", "[netcdf]") {
    const CfTable& table = CfTable::built_in();
    for (const auto& [parameter, name, unit] : {std::tuple(gfs::GribParameter{0, 7, 199}, "MXUPHL", "m2 s-2"),
                                                std::tuple(gfs::GribParameter{0, 2, 220}, "MAXUVV", "m s-1"),
                                                std::tuple(gfs::GribParameter{10, 0, 42}, "WESP", "m2 s rad-1"),
                                                std::tuple(gfs::GribParameter{209, 3, 41}, "VIL", "kg/m2")}) {
        const gfs::CfRow* row = table.find(parameter, 1);
        INFO(name);
        REQUIRE(row != nullptr);
        CHECK(row->ncep_name == name);
        CHECK(row->units == unit);
        CHECK(row->standard_name.empty());
    }
    CHECK_THROWS_WITH(CfTable(head, "head\n0,0,0,TMP,K\n"),
                      Contains("grib_parameters.csv, line 2: it has not 6 fields"));
    CHECK_THROWS_WITH(CfTable(head, "head\n0,x,0,TMP,K,temperature\n"), Contains("grib_parameters.csv, line 2: 'x'"));
}

TEST_CASE("local numbers are those of NCEP for its sister centres, and discipline 209 for the MRMS", "[netcdf]") {
    const CfTable& table = CfTable::built_in();
    gfs::Message message;
    message.parameter = {0, 7, 199};
    for (const auto& [centre, is_known] :
         {std::pair("kwbc", true), std::pair("59", true), std::pair("ecmf", false), std::pair("161", false)}) {
        message.centre = centre;
        CHECK((table.find(message) != nullptr) == is_known);
    }
    message.parameter = {209, 6, 1};
    CHECK(table.find(message) != nullptr);
}

TEST_CASE("a table with a broken line is refused with the line", "[netcdf]") {
    CHECK_THROWS_WITH(CfTable(head + "TMP,0,0\n"), Contains("line 2: 3 fields where the first line names 14"));
    CHECK_THROWS_WITH(CfTable(head + "TMP,zero,0,0,1,,K,temperature,point,,,,,\n"),
                      Contains("'zero' is not a whole number"));
    const std::string row = "TMP,0,0,0,1,,K,temperature,point,,,,,\n";
    CHECK_THROWS_WITH(CfTable(head + row + row), Contains("line 3: a second row"));
    const std::string sums = "TMP,0,0,0,1,,K,temperature,sum,,,,,\n";
    CHECK_NOTHROW(CfTable(head + row + sums));
    CHECK_THROWS_WITH(CfTable(head + row + sums + sums), Contains("line 4: a second row"));
    CHECK_THROWS_WITH(CfTable(head + sums + sums), Contains("line 3: a second row"));
    CHECK_THROWS_WITH(CfTable("a,b\n1,2\n"), Contains("has no column 'ncep_abbrev'"));
}

TEST_CASE("the table has every name of the real inventories", "[netcdf]") {
    std::set<std::string> known;
    for (int discipline : {0, 1, 2, 10}) {
        for (int category = 0; category < 20; ++category) {
            for (int number = 0; number < 256; ++number) {
                const gfs::CfRow* row = CfTable::built_in().find({discipline, category, number}, 1);
                if (row != nullptr) known.insert(row->ncep_name);
            }
        }
    }
    known.insert("CLWMR");  // the former name of CLMR
    for (const auto& inventory : real_inventories()) {
        for (const std::string& name : column_of(inventory, 3)) {
            INFO(name);
            CHECK(known.contains(name));
        }
    }
}

TEST_CASE("every level of the real inventories has a name of its kind", "[netcdf]") {
    std::set<std::string> known;
    for (int type = 1; type < 255; ++type) {
        const gfs::Surface first{.type = type, .value = 1000}, second{.type = type, .value = 2000};
        for (const gfs::Level& level :
             {gfs::Level{.first = first, .second = {}}, gfs::Level{.first = first, .second = second}})
            known.insert(without_numbers(gfs::level_text(level)));
    }
    for (const auto& inventory : real_inventories()) {
        for (const std::string& level : column_of(inventory, 4)) {
            INFO(level);
            CHECK(known.contains(without_numbers(level)));
        }
    }
}

TEST_CASE("to each eastward quantity belongs a northward one of the same name, on the same surfaces", "[netcdf]") {
    std::set<std::string> present;
    for (const auto& record : gfs::parse_csv(gfs::cf_map)) present.insert(record[4] + " " + record[5]);
    int pairs = 0;
    for (const std::string& name : present) {
        const auto at = name.find("eastward");
        if (at == std::string::npos) continue;
        ++pairs;
        INFO(name);
        CHECK(present.contains(name.substr(0, at) + "northward" + name.substr(at + 8)));
    }
    CHECK(pairs >= 4);
}
