// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/background.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <string>

using namespace freshet;
using app::PidFile;

namespace {

/// While it lives, this process can write no file.
class NoRoom {
public:
    NoRoom() : action_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &none);
    }
    ~NoRoom() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, action_);
    }
    NoRoom(const NoRoom&) = delete;
    NoRoom& operator=(const NoRoom&) = delete;

private:
    void (*action_)(int);
    rlimit before_{};
};

}  // namespace

TEST_CASE("the pid file names this process while it runs, and keeps others out", "[app]") {
    const test::TempDir dir;
    {
        const PidFile file(dir / "pid");
        CHECK(read_file(dir / "pid") == std::to_string(getpid()) + "\n");
        CHECK_THROWS_AS(PidFile(dir / "pid"), app::AlreadyRunning);
    }
    CHECK_FALSE(exists_at(dir / "pid"));
}

TEST_CASE("a pid file that cannot be written is not left empty", "[app]") {
    const test::TempDir dir;
    {
        const NoRoom no_room;
        CHECK_THROWS_WITH(PidFile(dir / "pid"), Catch::Contains((dir / "pid").string()));
    }
    CHECK_FALSE(exists_at(dir / "pid"));
}
