// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"

#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace freshet;
using freshet::test::TempDir;

namespace {

std::vector<std::string> names_in(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& file : files_below(folder)) names.push_back(file.string());
    return names;
}

}  // namespace

TEST_CASE("a full disk is named as the reason", "[base]") {
    const FileDescriptor full = open_file("/dev/full", O_WRONLY);
    CHECK_THROWS_WITH(write_all(full, "x", "/data/out"), "write '/data/out': No space left on device");
}

TEST_CASE("files below a folder are listed in order, links are not followed", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "b/c", "");
    write_file_atomically(dir / "a", "");
    std::filesystem::create_directory_symlink(dir / "b", dir / "link");
    CHECK(names_in(dir.path()) == std::vector<std::string>{"a", "b/c"});
}

TEST_CASE("a folder is removed with its content, and a missing one is no error", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "out/a/b", "");
    remove_tree(dir / "out");
    CHECK_FALSE(std::filesystem::exists(dir / "out"));
    CHECK_NOTHROW(remove_tree(dir / "out"));
}

TEST_CASE("a tree with dangling links can be synced", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "out/a", "");
    std::filesystem::create_symlink("nowhere", dir / "out/link");
    CHECK_NOTHROW(sync_tree(dir / "out"));
}

TEST_CASE("where no file is, none is opened and none gets permissions", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "a", "text");
    CHECK_FALSE(open_if_exists(dir / "b", O_RDONLY));
    CHECK_FALSE(open_if_exists(dir / "a/b", O_RDONLY));
    CHECK(read_to_end(open_if_exists(dir / "a", O_RDONLY), dir / "a") == "text");
    CHECK_FALSE(apply_umask(dir / "b"));
    CHECK(apply_umask(dir / "a"));
}

TEST_CASE("the filesystem of a file that does not exist yet is that of its folder", "[base]") {
    CHECK_FALSE(is_on_network_filesystem("/dev/shm/none/state.sqlite"));
}

TEST_CASE("a full disk is an error of its own, worth a retry", "[base]") {
    CHECK_THROWS_AS(write_all(open_file("/dev/full", O_WRONLY), "bytes", "/dev/full"), DiskFullError);
    CHECK_THROWS_WITH(throw_system_error("write", "/data/a.nc", ENOSPC), "write '/data/a.nc': No space left on device");
}
