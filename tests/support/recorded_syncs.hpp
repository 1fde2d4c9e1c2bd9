// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>
#include <unistd.h>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

// Records the fsync(2) calls of a test program: the function below replaces that of the C library. Include it in one
// file of the program only.
namespace freshet::test {

struct RecordedSync {
    std::filesystem::path path;
    std::set<std::string> names_in_folder{};  ///< in that folder, or the folder of that file, at the time of the call
};

inline std::vector<RecordedSync> recorded_syncs;  // NOLINT: not thread-safe; for tests with one thread

}  // namespace freshet::test

extern "C" int fsync(int fd) {
    namespace fs = std::filesystem;
    std::error_code code;
    freshet::test::RecordedSync sync{.path = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), code)};
    const auto folder = fs::is_directory(sync.path, code) ? sync.path : sync.path.parent_path();
    for (const auto& entry : fs::directory_iterator(folder, code))
        sync.names_in_folder.insert(entry.path().filename().string());
    freshet::test::recorded_syncs.push_back(std::move(sync));
    return static_cast<int>(::syscall(SYS_fsync, fd));
}
