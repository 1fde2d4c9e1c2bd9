// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/publish.hpp"

#include "freshet/error.hpp"
#include "real_data.hpp"
#include "support/temp_dir.hpp"
#include "upstream/source.hpp"

#include "freshet/file.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

const gfs::simulator::FileKey key{
    .cycle = std::chrono::sys_days{2022y / 3 / 15} + 18h, .product = "pgrb2.1p00", .lead = 6};

}  // namespace

TEST_CASE("an added file is published beside its inventory", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20220315.t18z.1p00.f006.tuv.grib2");
    if (!file) return;
    const freshet::test::TempDir folder;
    gfs::simulator::add_file(folder.path(), key, *file);
    gfs::FolderSource source(folder.path());
    const std::string path = "gfs.20220315/18/atmos/gfs.t18z.pgrb2.1p00.f006";
    CHECK(source.get(path).bytes == freshet::read_file(*file));
    CHECK(source.get(path + ".idx").bytes.starts_with("1:0:d=2022031518:TMP:100 mb:6 hour fcst:\n"));
}

TEST_CASE("a file's time is derived from cycle and lead", "[gfs]") {
    CHECK(gfs::simulator::publication_time(key) == std::chrono::sys_days{2022y / 3 / 15} + 21h + 31min + 36s);
    const auto file = gfs::test::real_file("gfs.20220315.t18z.1p00.f006.tuv.grib2");
    if (!file) return;
    const freshet::test::TempDir folder;
    gfs::simulator::add_file(folder.path(), key, *file);
    const auto info = gfs::FolderSource(folder.path()).head("gfs.20220315/18/atmos/gfs.t18z.pgrb2.1p00.f006");
    CHECK(info.last_modified == gfs::simulator::publication_time(key));
}

TEST_CASE("a file that is not GRIB is not added", "[gfs]") {
    const freshet::test::TempDir folder;
    freshet::write_file_atomically(folder / "page", "<html>");
    CHECK_THROWS_AS(gfs::simulator::add_file(folder.path(), key, folder / "page"), freshet::Error);
    CHECK_FALSE(std::filesystem::exists(folder / "gfs.20220315"));
}
