// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/revisions.hpp"
#include "tasks/watch.hpp"

#include "support/temp_dir.hpp"

#include "freshet/build.hpp"
#include "freshet/target.hpp"

#include <catch2/catch.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <vector>

using freshet::test::TempDir;

namespace {

std::mutex mutex;
std::vector<std::filesystem::path> synced;  ///< in order

bool was_synced(const std::filesystem::path& path) {
    const std::lock_guard lock(mutex);
    return std::ranges::find(synced, std::filesystem::canonical(path)) != synced.end();
}

void forget_syncs() {
    const std::lock_guard lock(mutex);
    synced.clear();
}

}  // namespace

/// Replaces the C library's function: records the path of the file or folder, then syncs it.
extern "C" int fsync(int fd) {
    std::error_code unknown;
    auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), unknown);
    {
        const std::lock_guard lock(mutex);
        synced.push_back(std::move(path));
    }
    return static_cast<int>(syscall(SYS_fsync, fd));
}

TEST_CASE("a moved link is durable: its folder is synced", "[gfs]") {
    const TempDir folder;
    forget_syncs();
    gfs::update_latest_link(folder.path(), "2026-08-21T06/r1", "MAP END");
    CHECK(was_synced(folder.path()));
}

TEST_CASE("the marker of a check is durable: its folder is synced", "[gfs]") {
    const TempDir root;
    gfs::WatchCycle watch;
    watch.cycle = freshet::Codec<gfs::Cycle>::read("2020-01-01T00");  // beyond the watch window
    watch.root = root.path();
    watch.leads = gfs::Leads::parse("0");
    watch.asked = "2020-01-02T00:00:00.000Z";
    freshet::LocalTarget(watch.paths().event("0")).write("{}");  // the cycle is complete
    forget_syncs();
    REQUIRE(freshet::build(freshet::Registry::of<gfs::WatchCycle, gfs::IngestCycle>(), {watch}).succeeded());
    REQUIRE(std::filesystem::exists(watch.paths().checked_marker("0")));
    CHECK(was_synced(watch.paths().cycle_folder()));
}
