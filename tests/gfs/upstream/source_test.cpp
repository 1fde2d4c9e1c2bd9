// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/source.hpp"

#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace {

/// A folder with one file of ten bytes.
struct Folder : freshet::test::TempDir {
    Folder() { std::ofstream(*this / "f") << "0123456789"; }
};

}  // namespace

TEST_CASE("a folder source reads lengths and ranges", "[gfs]") {
    const Folder folder;
    gfs::FolderSource source(folder.path());
    CHECK(source.head("f").length == 10);
    CHECK(source.head("f") == source.head("f"));
    CHECK(source.get("f").bytes == "0123456789");
    CHECK(source.get("f", {3, 6}) == "345");
}

TEST_CASE("a missing file in a folder is not ready", "[gfs]") {
    const Folder folder;
    gfs::FolderSource source(folder.path());
    try {
        source.head("absent");
        FAIL("it was found");
    } catch (const freshet::TransientError& error) {
        CHECK(error.failure_class() == freshet::FailureClass::not_ready);
        CHECK(error.what() == "stat '" + (folder / "absent").string() + "': No such file or directory");
    }
}

TEST_CASE("a missing folder is a transient failure, not a file that is not ready", "[gfs]") {
    const Folder folder;
    gfs::FolderSource source(folder / "unmounted");
    try {
        source.head("f");
        FAIL("it was found");
    } catch (const freshet::TransientError& error) {
        CHECK(error.failure_class() == freshet::FailureClass::transient);
        CHECK(error.what() == "open '" + (folder / "unmounted").string() + "': no such folder; is it mounted?");
    }
}

TEST_CASE("a folder in place of a file is a permanent failure", "[gfs]") {
    const Folder folder;
    gfs::FolderSource source(folder.path());
    try {
        source.head("");
        FAIL("it was taken for a file");
    } catch (const freshet::TransientError& error) {
        CHECK(error.failure_class() == freshet::FailureClass::permanent);
    }
}

TEST_CASE("a file that ends inside the range is rejected", "[gfs]") {
    const Folder folder;
    gfs::FolderSource source(folder.path());
    CHECK_THROWS_AS(source.get("f", {8, 12}), freshet::TransientError);
}
