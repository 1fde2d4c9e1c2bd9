// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/target.hpp"

#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"
#include "target/target_paths.hpp"
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace freshet;
using freshet::test::StagingFixture;
using freshet::test::TempDir;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
    struct stat status;
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

}  // namespace

TEST_CASE("the address of a target does not depend on the spelling of its path", "[target]") {
    const auto here = std::filesystem::current_path().string();
    CHECK(LocalTarget("a/b.nc").address() == here + "/a/b.nc");
    CHECK(LocalTarget("./a//c/../b.nc").address() == here + "/a/b.nc");
    CHECK(LocalTarget("/data/out/").address() == "/data/out");
}

TEST_CASE("a target written outside of an attempt is in place at once, and missing folders are created", "[target]") {
    const TempDir dir;
    const LocalTarget target(dir / "new/folder/a.txt");
    CHECK_FALSE(target.exists());
    target.write("hello");
    CHECK(target.exists());
    CHECK(target.read() == "hello");
}

TEST_CASE("targets in one folder are found by listing it, whatever the spelling of their paths", "[target]") {
    const TempDir dir;
    const std::vector<LocalTarget> targets{LocalTarget(dir / "a"), LocalTarget(dir / "b"), LocalTarget(dir / "c/d"),
                                           LocalTarget(dir / "none/e"), LocalTarget(dir / "c/../a")};
    targets[0].write("x");
    targets[2].write("x");
    CHECK(LocalTarget::exist_by_listing(targets) == std::vector<bool>{true, false, true, false, true});
}

TEST_CASE("writing a target again replaces it", "[target]") {
    const TempDir dir;
    const LocalTarget target(dir / "a.txt");
    target.write("old");
    target.write("new");
    CHECK(target.read() == "new");
}

TEST_CASE("a target may be a folder, and another folder may replace it", "[target]") {
    const TempDir dir;
    const LocalTarget target(dir / "out");
    for (const std::string name : {"old", "new"})
        target.create([&](const auto& folder) { write_file_atomically(folder / name, "x"); });
    CHECK(files_below(dir / "out") == std::vector<std::filesystem::path>{"new"});
}

TEST_CASE("when writing throws, nothing is left behind", "[target]") {
    const TempDir dir;
    const LocalTarget target(dir / "a.txt");
    CHECK_THROWS_WITH(target.create([](const auto& path) {
        write_file_atomically(path, "half");
        throw Error("broken");
    }),
                      "broken");
    CHECK(files_below(dir.path()).empty());
}

TEST_CASE("a writer that makes nothing is an error", "[target]") {
    const TempDir dir;
    CHECK_THROWS_WITH(LocalTarget(dir / "a.txt").create([](const auto&) {}), Catch::Contains("nothing was written to"));
}

TEST_CASE("a target whose folder cannot be created is an error with path and reason", "[target]") {
    const TempDir dir;
    write_file_atomically(dir / "file", "");
    CHECK_THROWS_WITH(LocalTarget(dir / "file/a.txt").write("x"),
                      Catch::Contains("create folder '" + (dir / "file").string()) && Catch::Contains("File exists"));
}

TEST_CASE("a folder without write permission is an error with path and reason", "[target]") {
    const TempDir dir;
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0555));
    constexpr uid_t nobody = 65534;
    const uid_t self = ::geteuid();  // root may write anywhere, so somebody else has to try
    if (self == 0) REQUIRE(::seteuid(nobody) == 0);
    CHECK_THROWS_WITH(LocalTarget(dir / "a.txt").write("x"),
                      Catch::Contains(dir.path().string()) && Catch::Contains("Permission denied"));
    if (self == 0) REQUIRE(::seteuid(self) == 0);
}

TEST_CASE("a private file made by a library is published with the permissions that the umask allows", "[target]") {
    const TempDir dir;
    write_file_atomically(dir / "plain", "");
    const LocalTarget target(dir / "a.nc");
    target.create([](const auto& path) {
        write_file_atomically(path, "x");
        ::chmod(path.c_str(), 0600);
    });
    CHECK(mode_of(target.path()) == mode_of(dir / "plain"));
}

TEST_CASE("the name of a temporary is hidden and has another extension than its target", "[target]") {
    const auto name = target::temporary_path("/data/a.nc", "1f");
    CHECK(name == "/data/.a.nc.1f.part");
    CHECK(target::stem_of_temporary(name.filename().string()) == "a.nc");
    CHECK(target::stem_of_temporary("a.nc").empty());
}

TEST_CASE("each way to write a path gives one target", "[target]") {
    const std::filesystem::path folder = std::filesystem::current_path();
    for (const char* text : {"a.nc", "./a.nc", "b/../a.nc", ".//a.nc", "a.nc/", "a.nc/.", "b/..//./a.nc"})
        for (const auto& path : {std::filesystem::path(text), folder / text}) {
            CAPTURE(path);
            CHECK(LocalTarget(path).address() == (folder / "a.nc").native());
            CHECK(target::is_normalized(path.native()) == (path.native() == (folder / "a.nc").native()));
        }
    CHECK(target::is_normalized("/a/.b/c..d/..."));
    CHECK(LocalTarget("/").address() == "/");
    CHECK_FALSE(target::is_normalized(""));
}

TEST_CASE("a relative path is one in the current folder, also in the root", "[target]") {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path("/");
    const std::string address = LocalTarget("b/a.nc").address();
    std::filesystem::current_path(before);
    CHECK(address == "/b/a.nc");
}

TEST_CASE("a file name may be as long as the file system allows", "[target]") {
    for (const std::size_t size : {200, 207, 212, 216, 241, 250, 251, 255}) {
        CAPTURE(size);
        StagingFixture bench;
        const std::string one = std::string(size - 1, 'a') + "1", two = std::string(size - 1, 'a') + "2";
        const std::string dead(32, 'd'), token(32, 'e');
        const auto left = bench.attempt(dead, {one}).front();
        write_file_atomically(left.temporary, "half of it");  // by an attempt that was killed
        bench.clock.advance(std::chrono::hours(1));           // for the sweeper's list of the folder
        publish(bench.attempt(token, {one, two}));
        CHECK(LocalTarget(bench / one).exists());
        CHECK(LocalTarget(bench / one).read() == "content");
        CHECK(target::read_receipt(bench / one)->content == target::content_of(bench / one));
        CHECK(target::receipt_path(bench / one) != target::receipt_path(bench / two));
        CHECK(!exists_at(left.temporary));
        write_file_atomically(bench / two, "changed");
        CHECK(LocalTarget(bench / two).read() == "changed");
    }
}

TEST_CASE("the digest of a target is that of its content, with a receipt or without", "[target]") {
    StagingFixture bench;
    LocalTarget(bench / "own").write("content");
    publish(bench.attempt("a1", {"published"}));
    CHECK(LocalTarget(bench / "own").sha256() == sha256("content"));
    CHECK(LocalTarget(bench / "published").sha256() == sha256("content"));
}

TEST_CASE("the digest of an overwritten target is computed, not taken from its receipt", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x"}));
    LocalTarget(bench / "x").write("longer content");
    CHECK(LocalTarget(bench / "x").sha256() == sha256("longer content"));
}
