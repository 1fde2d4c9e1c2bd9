// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/names.hpp"

namespace freshet::target {

namespace {

using std::filesystem::path;

constexpr std::string_view unfinished = ".part";

}  // namespace

path normal_path(const path& any) {
    path normal = (any.is_absolute() ? any : std::filesystem::absolute(any)).lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

path temporary_path(const path& target, std::string_view token) {
    std::string name = ".";
    name.append(target.filename().native()).append(".").append(token).append(unfinished);
    return target.parent_path() / name;
}

std::string_view name_behind_temporary(std::string_view file_name) {
    if (!file_name.starts_with('.') || !file_name.ends_with(unfinished)) return {};
    file_name.remove_prefix(1);
    file_name.remove_suffix(unfinished.size());
    const auto dot = file_name.rfind('.');
    return dot == std::string_view::npos || dot + 1 == file_name.size() ? std::string_view() : file_name.substr(0, dot);
}

path receipt_path(const path& target) {
    return target.parent_path() / ".freshet" / (target.filename().native() + ".json");
}

}  // namespace freshet::target
