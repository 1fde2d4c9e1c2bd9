// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::sys_days;

TEST_CASE("files are in an atmos folder since 2021-03-23", "[gfs]") {
    const gfs::Cycle before = sys_days{2021y / 3 / 22} + 18h;
    const gfs::Cycle since = sys_days{2021y / 3 / 23} + 0h;
    CHECK(gfs::grib_path({before, "pgrb2.0p25", 7}) == "gfs.20210322/18/gfs.t18z.pgrb2.0p25.f007");
    CHECK(gfs::grib_path({since, "pgrb2.1p00", 384}) == "gfs.20210323/00/atmos/gfs.t00z.pgrb2.1p00.f384");
    CHECK(gfs::index_path({since, "pgrb2.1p00", 0}) == "gfs.20210323/00/atmos/gfs.t00z.pgrb2.1p00.f000.idx");
}

TEST_CASE("each product's files have the paths under which they are published", "[gfs]") {
    struct Published {
        const char* product;
        std::optional<gfs::EnsembleMember> member;
        int lead;
        const char* path;
    };
    const gfs::EnsembleMember fifth{gfs::MemberKind::perturbed, 5}, mean{gfs::MemberKind::mean};
    const gfs::EnsembleMember control{gfs::MemberKind::control}, spread{gfs::MemberKind::spread};
    const Published published[] = {
        {"sfluxgrb", {}, 3, "gfs.20251218/06/atmos/gfs.t06z.sfluxgrbf003.grib2"},
        {"goessimpgrb2.0p25", {}, 3, "gfs.20251218/06/atmos/gfs.t06z.goessimpgrb2.0p25.f003"},
        {"gfswave.global.0p25", {}, 31, "gfs.20251218/06/wave/gridded/gfswave.t06z.global.0p25.f031.grib2"},
        {"gfswave.arctic.9km", {}, 0, "gfs.20251218/06/wave/gridded/gfswave.t06z.arctic.9km.f000.grib2"},
        {"gdas.pgrb2.0p25", {}, 9, "gdas.20251218/06/atmos/gdas.t06z.pgrb2.0p25.f009"},
        {"gdas.sfluxgrb", {}, 1, "gdas.20251218/06/atmos/gdas.t06z.sfluxgrbf001.grib2"},
        {"gefs.pgrb2a.0p50", control, 0, "gefs.20251218/06/atmos/pgrb2ap5/gec00.t06z.pgrb2a.0p50.f000"},
        {"gefs.pgrb2a.0p50", mean, 240, "gefs.20251218/06/atmos/pgrb2ap5/geavg.t06z.pgrb2a.0p50.f240"},
        {"gefs.pgrb2b.0p50", fifth, 3, "gefs.20251218/06/atmos/pgrb2bp5/gep05.t06z.pgrb2b.0p50.f003"},
        {"gefs.pgrb2s.0p25", spread, 3, "gefs.20251218/06/atmos/pgrb2sp25/gespr.t06z.pgrb2s.0p25.f003"},
        {"gefs.wave.global.0p25", mean, 45, "gefs.20251218/06/wave/gridded/gefs.wave.t06z.mean.global.0p25.f045.grib2"},
        {"gefs.wave.global.0p25", fifth, 0, "gefs.20251218/06/wave/gridded/gefs.wave.t06z.p05.global.0p25.f000.grib2"},
        {"aigfs.pres", {}, 6, "aigfs.20251218/06/model/atmos/grib2/aigfs.t06z.pres.f006.grib2"},
        {"aigfs.sfc", {}, 384, "aigfs.20251218/06/model/atmos/grib2/aigfs.t06z.sfc.f384.grib2"},
    };
    for (const auto& each : published) {
        const gfs::FileKey key{
            .cycle = sys_days{2025y / 12 / 18} + 6h, .product = each.product, .lead = each.lead, .member = each.member};
        CAPTURE(each.product);
        CHECK(gfs::find_product(each.product).has_lead(each.lead));
        CHECK(gfs::grib_path(key) == each.path);
        CHECK(gfs::index_path(key) == std::string(each.path) + ".idx");
    }
}

TEST_CASE("version 17 names its files anew and has no products of 0.5 and 1 degree", "[gfs]") {
    const auto path = [](const char* product) {
        const auto paths =
            gfs::grib_paths({sys_days{2026y / 11 / 21} + 0h, product, 6}, std::span(gfs::all_layouts).subspan(1, 1));
        return paths.empty() ? "" : paths.front();
    };
    CHECK(path("pgrb2b.0p25") == "gfs.20261121/00/products/atmos/grib2/0p25/gfs.t00z.pres_b.0p25.f006.grib2");
    CHECK(path("sfluxgrb") == "gfs.20261121/00/model/atmos/master/gfs.t00z.sflux.f006.grib2");
    CHECK(path("gdas.pgrb2.1p00") == "gdas.20261121/00/products/atmos/grib2/1p00/gdas.t00z.pres_a.1p00.f006.grib2");
    CHECK(path("pgrb2.0p50").empty());
    CHECK(path("goessimpgrb2.0p25").empty());
}

TEST_CASE("archives of the years before 2021 have paths, leads and inventories of their own", "[gfs]") {
    const gfs::FileKey quarter{sys_days{2019y / 6 / 12} + 12h, "pgrb2.0p25", 6};
    const gfs::FileKey half{sys_days{2020y / 5 / 17} + 6h, "pgrb2.0p50", 6}, later{half.cycle + 24h, "pgrb2.0p50", 6};
    const auto rda = gfs::grib_paths(quarter, gfs::rda_layouts);
    CHECK(rda == std::vector<std::string>{"2019/20190612/gfs.0p25.2019061212.f006.grib2"});
    CHECK(gfs::index_path(quarter, rda.front()).empty());
    CHECK(gfs::grib_paths({quarter.cycle, "pgrb2.0p25", 7}, gfs::rda_layouts).empty());
    CHECK(gfs::grib_paths({quarter.cycle, "pgrb2.1p00", 6}, gfs::rda_layouts).empty());
    CHECK(gfs::grib_paths(half, gfs::ncei_layouts).front() ==
          "historical/forecast/grid-004-0.5-degree/202005/20200517/gfs_4_20200517_0600_006.grb2");
    const auto ncei = gfs::grib_paths(later, gfs::ncei_layouts);
    CHECK(ncei ==
          std::vector<std::string>{"grid-004-0.5-degree/forecast/202005/20200518/gfs_4_20200518_0600_006.grb2"});
    CHECK(gfs::index_path(later, ncei.front()) ==
          "grid-004-0.5-degree/forecast/202005/20200518/gfs_4_20200518_0600_006.inv");
}

TEST_CASE("a file of an ensemble has no path without its member, and one of GFS none with a member", "[gfs]") {
    const gfs::EnsembleMember mean{gfs::MemberKind::mean};
    const gfs::Cycle cycle = sys_days{2026y / 8 / 21} + 0h;
    const auto named = [&](const char* product, std::optional<gfs::EnsembleMember> member) {
        return gfs::grib_path({.cycle = cycle, .product = product, .lead = 6, .member = member});
    };
    CHECK_THROWS_WITH(named("gefs.pgrb2a.0p50", {}), Catch::EndsWith("choose c00, p01 to p30, avg or spr"));
    CHECK_THROWS_WITH(named("gefs.pgrb2b.0p50", mean), Catch::EndsWith("has forecasts only and no 'avg'"));
    CHECK_THROWS_WITH(named("pgrb2.0p25", mean), Catch::EndsWith("is one forecast and has no member 'avg'"));
    CHECK_THROWS_WITH(gfs::grib_path({sys_days{2019y / 6 / 12} + 0h, "gfswave.global.0p25", 6}),
                      "no file of 'gfswave.global.0p25' was published for 2019-06-12T00");
}

TEST_CASE("the steps of an ensemble's leads are longer beyond 240 h", "[gfs]") {
    const auto& product = gfs::find_product("gefs.pgrb2a.0p50");
    CHECK(product.has_lead(237));
    CHECK_FALSE(product.has_lead(243));
    CHECK(product.has_lead(246));
    CHECK(gfs::find_product("aigfs.pres").leads().size() == 65);
    CHECK(gfs::find_product("gdas.pgrb2.0p25").leads().back() == 9);
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
