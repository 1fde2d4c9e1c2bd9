// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using std::chrono::sys_days;

TEST_CASE("files are in an atmos folder since 2021-03-23", "[gfs]") {
    const gfs::Cycle before = sys_days{2021y / 3 / 22} + 18h;
    const gfs::Cycle since = sys_days{2021y / 3 / 23} + 0h;
    CHECK(gfs::grib_path({before, "pgrb2.0p25", 7}) == "gfs.20210322/18/gfs.t18z.pgrb2.0p25.f007");
    CHECK(gfs::grib_path({since, "pgrb2.1p00", 384}) == "gfs.20210323/00/atmos/gfs.t00z.pgrb2.1p00.f384");
    CHECK(gfs::index_path({since, "pgrb2.1p00", 0}) == "gfs.20210323/00/atmos/gfs.t00z.pgrb2.1p00.f000.idx");
}

TEST_CASE("the 0.25 degree product is hourly to 120 h, then 3-hourly", "[gfs]") {
    const auto& product = gfs::find_product("pgrb2.0p25");
    CHECK(product.leads().size() == 209);
    CHECK(product.has_lead(119));
    CHECK_FALSE(product.has_lead(121));
    CHECK(product.has_lead(123));
    CHECK_FALSE(product.has_lead(387));
}

TEST_CASE("the coarser products are 3-hourly", "[gfs]") {
    CHECK(gfs::find_product("pgrb2.1p00").leads().size() == 129);
    CHECK_FALSE(gfs::find_product("pgrb2.0p50").has_lead(7));
}

TEST_CASE("the error of an unknown product lists the known ones", "[gfs]") {
    CHECK_THROWS_WITH(
        gfs::find_product("pgrb.0p25"),
        Catch::StartsWith("'pgrb.0p25' is not a product of GFS; expected one of pgrb2.0p25, pgrb2.0p50, "));
}
