// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <future>
#include <optional>
#include <thread>

using namespace freshet;
using freshet::test::TempDir;

namespace {

/// A child process that holds a lock until it is killed.
class Holder {
public:
    explicit Holder(const std::filesystem::path& path) {
        int ready[2];
        REQUIRE(::pipe(ready) == 0);
        const FileDescriptor read_end(ready[0]);
        FileDescriptor write_end(ready[1]);
        pid_ = ::fork();
        if (pid_ == 0) hold(path, write_end);
        write_end = FileDescriptor();
        char byte = 0;
        CHECK(::read(read_end.get(), &byte, 1) == 1);
    }
    ~Holder() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

private:
    [[noreturn]] static void hold(const std::filesystem::path& path, const FileDescriptor& ready) {
        const auto lock = FileLock::try_acquire(path);
        if (!lock || ::write(ready.get(), "!", 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }

    pid_t pid_;
};

/// How often this process has it open.
int descriptors_of(const std::filesystem::path& path) {
    int count = 0;
    std::error_code gone;  // another thread may close one meanwhile
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        count += std::filesystem::read_symlink(entry, gone) == path;
    return count;
}

}  // namespace

TEST_CASE("a lock has one holder at a time", "[base]") {
    const TempDir dir;
    {
        const auto first = FileLock::try_acquire(dir / "lock");
        REQUIRE(first);
        CHECK_FALSE(FileLock::try_acquire(dir / "lock"));
    }
    CHECK(FileLock::try_acquire(dir / "lock"));
}

TEST_CASE("the lock of a killed process is free again", "[base]") {
    const TempDir dir;
    {
        const Holder holder(dir / "lock");
        CHECK_FALSE(FileLock::try_acquire(dir / "lock"));
    }
    CHECK(FileLock::try_acquire(dir / "lock"));
}

TEST_CASE("a folder can be locked without a file of its own", "[base]") {
    const TempDir dir;
    const auto lock = FileLock::acquire(dir.path());
    CHECK_FALSE(FileLock::try_acquire(dir.path()));
    CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("who finds a lock taken can read who holds it", "[base]") {
    const TempDir dir;
    auto lock = FileLock::acquire(dir / "lock");
    lock.write_holder("somebody with a long name");
    lock.write_holder("pid 7");
    CHECK(read_file(dir / "lock") == "pid 7");
}

TEST_CASE("who waited for a lock whose file was removed holds the lock on the one that is there now", "[base]") {
    const TempDir dir;
    auto first = std::optional(FileLock::acquire(dir / "lock"));
    auto second = std::async(std::launch::async, [&] { return FileLock::acquire(dir / "lock"); });
    while (descriptors_of(dir / "lock") < 2) std::this_thread::yield();
    std::filesystem::remove(dir / "lock");
    first.reset();
    const FileLock lock = second.get();
    CHECK(std::filesystem::exists(dir / "lock"));
    CHECK_FALSE(FileLock::try_acquire(dir / "lock"));
}

TEST_CASE("who waited for a lock on a folder that was removed is told so", "[base]") {
    const TempDir dir;
    std::filesystem::create_directory(dir / "folder");
    auto first = std::optional(FileLock::acquire(dir / "folder"));
    auto second = std::async(std::launch::async, [&] { return FileLock::acquire(dir / "folder"); });
    while (descriptors_of(dir / "folder") < 2) std::this_thread::yield();
    std::filesystem::remove(dir / "folder");
    first.reset();
    CHECK_THROWS_AS(second.get(), Error);
    CHECK_FALSE(std::filesystem::exists(dir / "folder"));
}

TEST_CASE("a lock in a folder that does not exist names the file and the reason", "[base]") {
    const TempDir dir;
    CHECK_THROWS_WITH(FileLock::acquire(dir / "none/lock"), Catch::EndsWith("none/lock': No such file or directory"));
}
