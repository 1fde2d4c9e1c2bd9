// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/database.hpp"

#include <filesystem>
#include <span>

namespace freshet::store {

/// SQLite's application_id of a state, for file(1) and check_header(): "Fres".
inline constexpr int application_id = 0x46726573;

/// One step of the schema, from the version before it to `version`.
struct Migration {
    int version;
    const char* sql;
};

/// All steps, in order of version, beginning with 1: a released one never changes, and a new one is appended.
std::span<const Migration> migrations();

/// The origin of a file, as far as its header tells.
enum class HeaderCheck {
    empty,  ///< new, or its first writer died before the first commit
    ours,   ///< a state of this version or an older one
};

/// Throws StoreError, having changed nothing, for another program's file or that of a newer version. `path` is that of
/// the database: its size is checked, and messages name it.
HeaderCheck check_header(const Database& database, const std::filesystem::path& path,
                         std::span<const Migration> steps = migrations());

/// True when no migration is pending.
bool is_current(const Database& database, std::span<const Migration> steps = migrations());

/// Runs the steps that are missing, all in one transaction that survives a power cut once the function returns. Throws
/// StoreError or DiskFullError, and the file then has its old version. For the owner of the file, after check_header().
void migrate(Database& database, std::span<const Migration> steps = migrations());

}  // namespace freshet::store
