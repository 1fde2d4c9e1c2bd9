// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/replace_file.hpp"

#include "support/little_room.hpp"
#include "support/temp_dir.hpp"

#include "freshet/target.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

namespace {

std::string failure(const std::filesystem::path& path, std::string_view text) {
    const freshet::test::FileSizeLimit room(10);
    errno = 0;
    try {
        gfs::atomic_write(path, text);
    } catch (const std::exception& error) {
        return error.what();
    }
    return "it was replaced";
}

}  // namespace

TEST_CASE("a text that does not fit leaves the old one, and it is told why", "[gfs]") {
    const freshet::test::TempDir folder;
    gfs::atomic_write(folder / "f", "old");
    CHECK(failure(folder / "f", "longer than that") == "replace '" + (folder / "f").string() + "': File too large");
    CHECK(freshet::LocalTarget(folder / "f").read() == "old");
}
