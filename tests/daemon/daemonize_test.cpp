// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemonize.hpp"
#include "support/little_room.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <string>

using namespace freshet;
using namespace freshet::test;
using daemon::PidFile;

TEST_CASE("the pid file names this process and locks out others", "[daemon]") {
    const TempDir dir;
    {
        const PidFile file(dir / "pid");
        CHECK(read_file(dir / "pid") == std::to_string(getpid()) + "\n");
        CHECK_THROWS_AS(PidFile(dir / "pid"), daemon::AlreadyRunning);
    }
    CHECK_FALSE(exists_at(dir / "pid"));
}

TEST_CASE("a pid file that cannot be written is removed", "[daemon]") {
    const TempDir dir;
    {
        const FileSizeLimit none(0);
        CHECK_THROWS_WITH(PidFile(dir / "pid"), Catch::Contains((dir / "pid").string()));
    }
    CHECK_FALSE(exists_at(dir / "pid"));
}
