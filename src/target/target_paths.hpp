// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

// The names of all files that Freshet itself puts into a folder of outputs.
namespace freshet::target {

/// The path that tells a target from all others: absolute, without "." and ".." steps and a last slash.
std::filesystem::path normalized_path(const std::filesystem::path& path);

/// Where an attempt writes what will become `target`: hidden, and never ending as the target does, so that nobody who
/// looks for finished files finds it.
std::filesystem::path temporary_path(const std::filesystem::path& target, std::string_view token);

/// Of a file name that temporary_path() makes: the target's name; else "".
std::string_view target_name_of_temporary(std::string_view file_name);

/// Where the receipt of `target` is.
std::filesystem::path receipt_path(const std::filesystem::path& target);

}  // namespace freshet::target
