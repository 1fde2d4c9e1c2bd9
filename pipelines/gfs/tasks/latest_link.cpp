// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/latest_link.hpp"

#include "freshet/file.hpp"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string>
#include <tuple>

namespace gfs {

namespace {

/// Returns a key by which revisions like "2026-08-21T06/r12" sort: the cycle's text, then the revision's number.
std::pair<std::string, int> sort_key(const std::filesystem::path& revision) {
    const std::string number = revision.filename().string().substr(1);
    int value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    return {revision.parent_path().string(), value};
}

}  // namespace

void update_latest_link(const std::filesystem::path& folder, const std::filesystem::path& revision,
                        std::string_view mapfile) {
    const auto lock = freshet::FileLock::acquire(folder / ".");  // "." makes a missing folder an error
    const auto link = folder / "latest";
    std::error_code none;
    const auto current = std::filesystem::read_symlink(link, none);
    if (!none && sort_key(current) > sort_key(revision)) return;
    if (current != revision) {
        const auto temporary = folder / ".latest.new";
        unlink(temporary.c_str());  // left by a process that was killed holding the lock
        if (symlink(revision.c_str(), temporary.c_str()) != 0 || rename(temporary.c_str(), link.c_str()) != 0)
            freshet::throw_system_error("update link", link, errno);
    }
    freshet::write_file_atomically(folder / "latest.map", mapfile);  // syncs the folder with both names
}

}  // namespace gfs
