// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_rename.hpp"

#include "base/files.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using freshet::test::TempDir;

namespace {

using RenameFunction = RenameResult (*)(const std::filesystem::path&, const std::filesystem::path&);
constexpr RenameFunction both[] = {&rename_noreplace, &rename_noreplace_portable};

}  // namespace

TEST_CASE("a file is renamed to a free name, with and without renameat2", "[base]") {
    for (const RenameFunction rename_function : both) {
        const TempDir dir;
        write_file_atomically(dir / "new", "new");
        CHECK(rename_function(dir / "new", dir / "out") == RenameResult::renamed);
        CHECK(read_file(dir / "out") == "new");
        CHECK_FALSE(exists_at(dir / "new"));
    }
}

TEST_CASE("a file is not renamed to a name in use, and nothing changes", "[base]") {
    for (const RenameFunction rename_function : both) {
        const TempDir dir;
        write_file_atomically(dir / "new", "new");
        write_file_atomically(dir / "out", "old");
        CHECK(rename_function(dir / "new", dir / "out") == RenameResult::exists);
        CHECK(read_file(dir / "out") == "old");
        CHECK(read_file(dir / "new") == "new");
    }
}

TEST_CASE("a folder is renamed to a free name only", "[base]") {
    for (const RenameFunction rename_function : both) {
        const TempDir dir;
        write_file_atomically(dir / "new/a", "new");
        create_folders(dir / "taken");
        CHECK(rename_function(dir / "new", dir / "taken") == RenameResult::exists);
        CHECK(rename_function(dir / "new", dir / "out") == RenameResult::renamed);
        CHECK(read_file(dir / "out/a") == "new");
    }
}

TEST_CASE("a file or folder replaces a file or folder", "[base]") {
    const TempDir dir;
    for (const std::string from : {"file", "folder/a"})
        for (const std::string to : {"out", "out/b"}) {
            remove_tree(dir / "out");
            write_file_atomically(dir / to, "old");
            write_file_atomically(dir / from, "new");
            const auto first = dir / *std::filesystem::path(from).begin();
            rename_replace(first, dir / "out");
            CHECK(read_file(from == "file" ? dir / "out" : dir / "out/a") == "new");
            CHECK_FALSE(exists_at(first));
        }
}

TEST_CASE("a rename into a missing folder is an error that names the target", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "new", "new");
    CHECK_THROWS_WITH(rename_noreplace(dir / "new", dir / "none/out"),
                      Catch::Contains("none/out") && Catch::Contains("No such file or directory"));
}
