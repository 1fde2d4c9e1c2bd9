// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/target_paths.hpp"

#include "base/files.hpp"

#include <climits>

namespace freshet::target {

namespace {

using std::filesystem::path;

constexpr std::string_view temporary_suffix = ".part";
constexpr std::string_view receipt_suffix = ".json";
constexpr std::size_t max_token = 36;  // a UUID
constexpr std::size_t max_temporary_stem = NAME_MAX - 2 - max_token - temporary_suffix.size();

}  // namespace

path normalized_path(const path& any) {
    path normal = (any.is_absolute() ? any : std::filesystem::absolute(any)).lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

path temporary_path(const path& target, std::string_view token) {
    std::string name = ".";
    name.append(temporary_stem(target)).append(".").append(token).append(temporary_suffix);
    return target.parent_path() / name;
}

std::string temporary_stem(const path& target) { return fitting_name(target.filename().native(), max_temporary_stem); }

std::string_view stem_of_temporary(std::string_view file_name) {
    if (!file_name.starts_with('.') || !file_name.ends_with(temporary_suffix)) return {};
    file_name.remove_prefix(1);
    file_name.remove_suffix(temporary_suffix.size());
    const auto dot = file_name.rfind('.');
    return dot == std::string_view::npos || dot + 1 == file_name.size() ? std::string_view() : file_name.substr(0, dot);
}

path receipt_path(const path& target) {
    std::string name = fitting_name(target.filename().native(), NAME_MAX - receipt_suffix.size());
    name += receipt_suffix;
    return target.parent_path() / ".freshet" / name;
}

path staged_receipts_folder(const path& target) { return target.parent_path() / ".freshet" / "staged"; }

path staged_receipt_path(const path& target, std::string_view token) {
    return temporary_path(staged_receipts_folder(target) / receipt_path(target).filename(), token);
}

path retired_path(const path& target) {
    return target.parent_path() / ".freshet" / (target.filename().native() + ".stale");
}

path aside_path(const path& target) {
    return target.parent_path() / ".freshet" / (target.filename().native() + ".unfinished");
}

}  // namespace freshet::target
