// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_paths.hpp"

#include <catch2/catch.hpp>

using gfs::dataset_name;

TEST_CASE("a dataset is named after its product and selection", "[gfs]") {
    CHECK(dataset_name("pgrb2.0p25", "portal", "") == "gfs.0p25");
    CHECK(dataset_name("pgrb2.1p00", "all", "") == "gfs.1p00.all");
    CHECK(dataset_name("pgrb2b.0p25", "all", "") == "gfs.pgrb2b.0p25.all");
    CHECK(dataset_name("pgrb2.0p25", "portal", "mine") == "mine");
}

TEST_CASE("each member of an ensemble is a dataset of its own, whatever its name", "[gfs]") {
    const gfs::EnsembleMember fifth{gfs::MemberKind::perturbed, 5}, mean{gfs::MemberKind::mean};
    CHECK(dataset_name("gefs.pgrb2a.0p50", "portal", "", fifth) == "gefs.pgrb2a.0p50.p05");
    CHECK(dataset_name("gefs.pgrb2a.0p50", "all", "", mean) == "gefs.pgrb2a.0p50.avg.all");
    CHECK(dataset_name("gefs.pgrb2a.0p50", "portal", "mine", mean) == "mine.avg");
    CHECK(dataset_name("gdas.pgrb2.0p25", "portal", "") == "gdas.0p25");
    CHECK(dataset_name("sfluxgrb", "portal", "") == "gfs.sfluxgrb");
}

TEST_CASE("different selections have different dataset names", "[gfs]") {
    const auto name = dataset_name("pgrb2.0p25", "wind.txt", "");
    CHECK(name.starts_with("gfs.0p25."));
    CHECK(name != dataset_name("pgrb2.0p25", "rain.txt", ""));
}

TEST_CASE("the path of a file has dataset, cycle, revision and lead", "[gfs]") {
    using namespace std::chrono_literals;
    const gfs::CyclePaths paths("/data", "gfs.0p25", std::chrono::sys_days(2026y / 8 / 21) + 6h, 2);
    CHECK(paths.netcdf(6) == "/data/gfs.0p25/2026-08-21T06/r2/gfs.0p25.2026-08-21T06.f006.nc");
    CHECK(paths.manifest("0-6") == "/data/gfs.0p25/2026-08-21T06/r2/gfs.0p25.2026-08-21T06.0-6.manifest.json");
    CHECK(paths.cycle_file("0-6") == "/data/gfs.0p25/2026-08-21T06/r2/gfs.0p25.2026-08-21T06.0-6.nc");
    CHECK(paths.cycle_link() == "/data/gfs.0p25/2026-08-21T06/r2/gfs.0p25.2026-08-21T06.nc");
    CHECK(paths.revision_name() == "2026-08-21T06/r2");
}
