// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_rename.hpp"

#include "base/files.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <cerrno>

namespace freshet {

namespace {

using std::filesystem::path;

[[noreturn]] void throw_rename_error(const path& to) { throw_system_error("rename to", to, errno); }

bool is_unsupported(int error) { return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == EPERM; }

RenameResult rename_if_absent(const path& from, const path& to) {
    if (lexists(to)) return RenameResult::exists;
    if (::rename(from.c_str(), to.c_str()) == 0) return RenameResult::renamed;
    if (errno == ENOTEMPTY || errno == EEXIST) return RenameResult::exists;
    throw_rename_error(to);
}

}  // namespace

RenameResult rename_noreplace_portable(const path& from, const path& to) {
    if (is_folder(from)) return rename_if_absent(from, to);
    if (::link(from.c_str(), to.c_str()) != 0) {
        if (errno == EEXIST) return RenameResult::exists;
        if (is_unsupported(errno)) return rename_if_absent(from, to);
        throw_rename_error(to);
    }
    ::unlink(from.c_str());  // where that fails, a second name is left, which is swept later
    return RenameResult::renamed;
}

RenameResult rename_noreplace(const path& from, const path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return RenameResult::renamed;
    if (errno == EEXIST) return RenameResult::exists;
    if (is_unsupported(errno)) return rename_noreplace_portable(from, to);
    throw_rename_error(to);
}

void rename_replace(const path& from, const path& to) {
    if (::rename(from.c_str(), to.c_str()) == 0) return;
    if (errno != ENOTEMPTY && errno != EEXIST && errno != EISDIR && errno != ENOTDIR) throw_rename_error(to);
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) {
        remove_tree(from);
        return;
    }
    if (!is_unsupported(errno)) throw_rename_error(to);
    remove_tree(to);
    if (::rename(from.c_str(), to.c_str()) != 0) throw_rename_error(to);
}

}  // namespace freshet
