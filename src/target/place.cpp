// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/place.hpp"

#include "base/files.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <cerrno>

namespace freshet::target {

namespace {

using std::filesystem::path;

[[noreturn]] void throw_placing(const path& to) { throw_system_error("putting in place", to, errno); }

bool is_unsupported(int error) { return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == EPERM; }

Placed rename_if_absent(const path& from, const path& to) {
    if (is_name_taken(to)) return Placed::taken;
    if (::rename(from.c_str(), to.c_str()) == 0) return Placed::yes;
    if (errno == ENOTEMPTY || errno == EEXIST) return Placed::taken;
    throw_placing(to);
}

}  // namespace

Placed place_if_free_portably(const path& from, const path& to) {
    if (is_folder(from)) return rename_if_absent(from, to);
    if (::link(from.c_str(), to.c_str()) != 0) {
        if (errno == EEXIST) return Placed::taken;
        if (is_unsupported(errno)) return rename_if_absent(from, to);
        throw_placing(to);
    }
    ::unlink(from.c_str());  // where that fails, a second name is left, which is swept later
    return Placed::yes;
}

Placed place_if_free(const path& from, const path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return Placed::yes;
    if (errno == EEXIST) return Placed::taken;
    if (is_unsupported(errno)) return place_if_free_portably(from, to);
    throw_placing(to);
}

void replace(const path& from, const path& to) {
    if (::rename(from.c_str(), to.c_str()) == 0) return;
    if (errno != ENOTEMPTY && errno != EEXIST && errno != EISDIR && errno != ENOTDIR) throw_placing(to);
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) {
        remove_tree(from);
        return;
    }
    if (!is_unsupported(errno)) throw_placing(to);
    remove_tree(to);
    if (::rename(from.c_str(), to.c_str()) != 0) throw_placing(to);
}

}  // namespace freshet::target
