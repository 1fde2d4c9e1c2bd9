// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/ensemble_member.hpp"

#include "grib/product_codes.hpp"
#include "grib/scan.hpp"
#include "real_data.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <catch2/catch.hpp>

using gfs::EnsembleMember;
using gfs::MemberKind;

namespace {

gfs::Inventory inventory_with(const std::string& remark) {
    return gfs::Inventory::parse("1:0:d=2026082100:TMP:2 m above ground:6 hour fcst:" + remark + "\n", "idx");
}

/// Each field of a file of NCEP in wgrib2's words; empty where the file is not at hand.
std::vector<std::string> texts_in(const char* name) {
    std::vector<std::string> texts;
    if (const auto file = gfs::test::ncep_file(name))
        for (const auto& field : gfs::scan(freshet::read_file(*file), name))
            texts.push_back(gfs::product_text(field.traits));
    return texts;
}

}  // namespace

TEST_CASE("the members of an ensemble are its control, 30 perturbed forecasts, their mean and their spread", "[gfs]") {
    for (const char* name : {"c00", "p01", "p30", "avg", "spr"}) CHECK(EnsembleMember::parse(name).text() == name);
    CHECK(EnsembleMember::parse("p07") == EnsembleMember{MemberKind::perturbed, 7});
    for (const char* wrong : {"", "p0", "p00", "p31", "p1x", "p001", "c01", "mean"})
        CHECK_THROWS_WITH(EnsembleMember::parse(wrong),
                          "'" + std::string(wrong) +
                              "' is not a member of the ensemble: expected c00 (control), p01 to "
                              "p30, avg (mean) or spr (spread)");
}

TEST_CASE("members and statistics are written as NCEP's inventories name them", "[gfs]") {
    const auto text = [](const char* member) { return gfs::product_text(EnsembleMember::parse(member).traits()); };
    CHECK(text("c00") == "ENS=low-res ctl");
    CHECK(text("p01") == "ENS=+1");
    CHECK(text("avg") == "ens mean");
    CHECK(text("spr") == "ens spread");
    CHECK(gfs::product_text({.member = gfs::StatedMember{.type = 2, .number = 4}}) == "ENS=-4");
    CHECK(gfs::product_text({.derived = 9}) == "ens max");
    CHECK(gfs::product_text({.derived = 100}) == "derived forecast=100");
    for (int code = 0; code < 256; ++code)
        if (gfs::find_derived(code) != nullptr)
            CHECK(gfs::ensemble_traits(gfs::product_text({.derived = code})) == gfs::ProductTraits{.derived = code});
    CHECK_FALSE(gfs::ensemble_traits(""));
}

TEST_CASE("a mean does not pass for a member, nor a member or a spread for a mean", "[gfs]") {
    const auto may_be = [](const char* member, const char* remark) {
        return gfs::find_other_member(inventory_with(remark), EnsembleMember::parse(member)) == nullptr;
    };
    for (const char* member : {"c00", "p01", "avg", "spr"})
        for (const char* remark : {"ENS=low-res ctl", "ENS=+1", "ens mean", "ens spread"}) {
            CAPTURE(member, remark);
            CHECK(may_be(member, remark) == (gfs::product_text(EnsembleMember::parse(member).traits()) == remark));
        }
    CHECK(may_be("p01", "ENS=+1:"));
    CHECK(may_be("c00", "ENS=hi-res ctl"));
    CHECK(may_be("spr", "ens std dev"));
    CHECK_FALSE(may_be("p01", "ENS=-1"));
    CHECK_FALSE(may_be("p01", "ENS=+10"));
    CHECK(may_be("p01", ""));  // says nothing
}

TEST_CASE("a scan reads the member or the statistic of a field", "[gfs]") {
    using Texts = std::vector<std::string>;
    if (const Texts pairs = texts_in("s7_pairs.grib2"); !pairs.empty()) CHECK(pairs == Texts{"ENS=+1", "ENS=-1"});
    if (const Texts statistics = texts_in("s8_mean_spread.grib2"); !statistics.empty())
        CHECK(statistics == Texts{"ens mean", "ens spread"});
}
