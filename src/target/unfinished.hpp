// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

// Outputs that a task writes in place, without staging. The staged receipt of an attempt is created before its run(),
// if the target is absent then. While it stays there, what appears at the target is unfinished.
namespace freshet::target {

/// Creates the staged receipt of the attempt `token`, empty. Returns false where the folder cannot be written: the
/// attempt itself will say so. Throws DiskFullError.
bool open_receipt(const std::filesystem::path& target, std::string_view token);

/// The time at which an attempt began that wrote what is at `target` and has not published it; nullopt when nothing is
/// there, or it was published or made by others.
std::optional<Time> unfinished_since(const std::filesystem::path& target);

/// Tells of many outputs that were there before whether they are unfinished. Looks once for each folder, after them:
/// where nothing has a receipt, nothing is unfinished.
class UnfinishedOutputs {
public:
    bool contain(const std::filesystem::path& target);

private:
    std::unordered_map<std::string, bool> has_receipts_;  ///< by folder
};

/// unfinished_since() in words: "'a' is unfinished: the attempt that began at ... has not ended"; "" for nullopt.
std::string describe_unfinished(const std::filesystem::path& target);

/// Renames the unfinished output at `target`, replacing one moved aside earlier, and removes the staged receipts that
/// marked it. Returns the new path.
std::filesystem::path move_aside(const std::filesystem::path& target);

/// Ends an attempt that did not complete: removes its temporaries, and moves its unfinished output aside. Returns the
/// new path of the latter, if there is one.
std::optional<std::filesystem::path> abandon(const std::filesystem::path& target, std::string_view token);

}  // namespace freshet::target
