// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0

#include "freshet/file.hpp"

#include "base/files.hpp"
#include "support/recorded_syncs.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <future>
#include <optional>
#include <set>
#include <thread>

using namespace freshet;
using freshet::test::recorded_syncs;
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

/// The number of descriptors that this process has open on the file.
int descriptors_of(const std::filesystem::path& path) {
    int count = 0;
    std::error_code gone;  // another thread may close one meanwhile
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        count += std::filesystem::read_symlink(entry, gone) == path;
    return count;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& file : files_below(folder)) names.push_back(file.string());
    return names;
}

}  // namespace

TEST_CASE("a file is read back as it was written, zero bytes included", "[base]") {
    const TempDir dir;
    std::string content(100'002, 'x');
    content[0] = '\0';
    content[1] = '\n';
    write_file_atomically(dir / "new/folder/file", content);
    CHECK(read_file(dir / "new/folder/file") == content);
}

TEST_CASE("writing a file leaves nothing beside it", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "file", "one");
    write_file_atomically(dir / "file", "two");
    CHECK(names_in(dir.path()) == std::vector<std::string>{"file"});
    CHECK(read_file(dir / "file") == "two");
}

TEST_CASE("a write that fails leaves nothing behind", "[base]") {
    const TempDir dir;
    create_folders(dir / "taken/inside");
    CHECK_THROWS_WITH(write_file_atomically(dir / "taken", "x"), Catch::EndsWith("taken': Is a directory"));
    CHECK(names_in(dir.path()).empty());
}

TEST_CASE("a written file has the permissions that the umask allows", "[base]") {
    const TempDir dir;
    const mode_t before = ::umask(0027);
    write_file_atomically(dir / "file", "");
    ::umask(before);
    struct stat status;
    REQUIRE(::stat((dir / "file").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("the error for a missing file has its path and the reason", "[base]") {
    CHECK_THROWS_WITH(read_file("/no/such/file"), "open '/no/such/file': No such file or directory");
}

TEST_CASE("the error for a folder that cannot be created has its path and the reason", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "file", "");
    CHECK_THROWS_WITH(create_folders(dir / "file/below"), Catch::EndsWith("file': File exists"));
}

TEST_CASE("a descriptor is closed when it is replaced or destroyed", "[base]") {
    FileDescriptor file = open_file("/dev/null", O_RDONLY);
    const int number = file.get();
    file = FileDescriptor();
    CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("a file is synced before it is renamed into place, its folder afterwards", "[base]") {
    const TempDir dir;
    recorded_syncs.clear();
    write_file_atomically(dir / "file", "content");
    REQUIRE(recorded_syncs.size() == 2);
    CHECK(recorded_syncs[0].path.filename().string().starts_with(".file."));
    CHECK(recorded_syncs[0].names_in_folder == std::set<std::string>{recorded_syncs[0].path.filename()});
    CHECK(recorded_syncs[1].path == dir.path());
    CHECK(recorded_syncs[1].names_in_folder == std::set<std::string>{"file"});
}

TEST_CASE("a created folder is synced into its parent", "[base]") {
    const TempDir dir;
    recorded_syncs.clear();
    create_folders(dir / "a/b");
    REQUIRE(recorded_syncs.size() == 2);
    CHECK(recorded_syncs[0].path == dir.path());
    CHECK(recorded_syncs[1].path == dir / "a");
}

TEST_CASE("a pending file that is not committed leaves nothing", "[base]") {
    const TempDir dir;
    {
        PendingFile file(dir / "file");
        file.append("half");
        CHECK(names_in(dir.path()).size() == 1);
    }
    CHECK(names_in(dir.path()).empty());
}

TEST_CASE("committing a pending file with Existing::keep fails if the target exists, and leaves it unchanged",
          "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "file", "old");
    {
        PendingFile file(dir / "file");
        file.append("new");
        CHECK_THROWS_WITH(file.commit(PendingFile::Existing::keep), Catch::EndsWith("file': File exists"));
    }
    CHECK(names_in(dir.path()) == std::vector<std::string>{"file"});
    CHECK(read_file(dir / "file") == "old");
}

TEST_CASE("a pending file has the modification time that was set", "[base]") {
    const TempDir dir;
    const Time time{std::chrono::seconds(1'700'000'000) + std::chrono::milliseconds(250)};
    PendingFile file(dir / "file");
    file.append("content");
    file.set_modification_time(time);
    file.commit();
    CHECK(std::chrono::file_clock::to_sys(std::filesystem::last_write_time(dir / "file")) == time);
}

TEST_CASE("a pending file needs the folder to exist", "[base]") {
    const TempDir dir;
    CHECK_THROWS_WITH(PendingFile(dir / "none/file"), Catch::Contains("No such file or directory"));
}

TEST_CASE("appended lines are synced, the folder of a new file too", "[base]") {
    const TempDir dir;
    recorded_syncs.clear();
    append_line(dir / "log", "one");
    REQUIRE(recorded_syncs.size() == 2);
    CHECK(recorded_syncs[1].path == dir.path());
    append_line(dir / "log", "two");
    CHECK(recorded_syncs.size() == 3);
    CHECK(read_file(dir / "log") == "one\ntwo\n");
}

TEST_CASE("a torn last line is ended before the next is appended", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "log", "torn");
    append_line(dir / "log", "whole");
    CHECK(read_file(dir / "log") == "torn\nwhole\n");
}

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

TEST_CASE("a process that finds a lock taken can read its content", "[base]") {
    const TempDir dir;
    auto lock = FileLock::acquire(dir / "lock");
    lock.write("somebody with a long name");
    lock.write("pid 7");
    CHECK(read_file(dir / "lock") == "pid 7");
}

TEST_CASE("a waiter for a lock whose file is removed gets the lock on the file that replaced it", "[base]") {
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

TEST_CASE("waiting for a lock on a folder fails when the folder is removed", "[base]") {
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

TEST_CASE("the holder of a lock reads and overwrites the locked file", "[base]") {
    const TempDir dir;
    auto lock = FileLock::acquire(dir / "lock");
    CHECK(lock.read().empty());
    lock.write("a long text");
    lock.write("short");
    CHECK(lock.read() == "short");
    CHECK(lock.read() == "short");
}

TEST_CASE("a lock in a folder that does not exist names the file and the reason", "[base]") {
    const TempDir dir;
    CHECK_THROWS_WITH(FileLock::acquire(dir / "none/lock"), Catch::EndsWith("none/lock': No such file or directory"));
}
