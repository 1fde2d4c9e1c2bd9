// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

// The names of all files that Freshet itself puts into a folder of outputs.
namespace freshet::target {

/// The canonical path of a target: absolute, without "." and ".." steps and trailing slash.
std::filesystem::path normalized_path(const std::filesystem::path& path);

/// True for the text of a path that normalized_path() leaves as it is.
bool is_normalized(std::string_view path);

/// The path of an attempt's temporary: hidden, and with another suffix than the target, so that patterns for finished
/// files do not match it.
std::filesystem::path temporary_path(const std::filesystem::path& target, std::string_view token);

/// The part of a temporary's file name that belongs to the target: the target's own name, shortened if it is very long.
std::string temporary_stem(const std::filesystem::path& target);

/// The temporary_stem() in a temporary's file name; "" for other names.
std::string_view stem_of_temporary(std::string_view file_name);
/// The stems of the staged receipts and of the scratch folders of `target`.
std::string staged_receipt_stem(const std::filesystem::path& target);
std::string scratch_stem(const std::filesystem::path& target);

/// True for the file name of a temporary of that attempt.
bool is_temporary_of(std::string_view file_name, std::string_view token);

/// The path of the receipt of `target`.
std::filesystem::path receipt_path(const std::filesystem::path& target);

/// The folder of the receipts of the outputs beside `target`.
std::filesystem::path receipts_folder(const std::filesystem::path& target);

/// The folder of the staged receipts of the outputs beside `target`: one for each running or lost attempt.
std::filesystem::path staged_receipts_folder(const std::filesystem::path& target);

/// The path of an attempt's staged receipt of `target`.
std::filesystem::path staged_receipt_path(const std::filesystem::path& target, std::string_view token);

/// The path of an attempt's scratch folder: a temporary beside the staged receipts of `target`.
std::filesystem::path scratch_path(const std::filesystem::path& target, std::string_view token);

/// The path to which an unfinished output is moved.
std::filesystem::path aside_path(const std::filesystem::path& target);

/// The path to which a stale output is moved before it is made again.
std::filesystem::path retired_path(const std::filesystem::path& target);

/// The folder of the invalidated outputs beside `target`: one folder in it for each time.
std::filesystem::path invalidated_folder(const std::filesystem::path& target);

}  // namespace freshet::target
