// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/target_paths.hpp"

#include "base/files.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <climits>

namespace freshet::target {

namespace {

using std::filesystem::path;

constexpr std::string_view temporary_suffix = ".part";
constexpr std::string_view receipt_suffix = ".json";
constexpr std::size_t max_token = 36;  // a UUID
constexpr std::size_t max_temporary_stem = NAME_MAX - 2 - max_token - temporary_suffix.size();

// As text, since each step of a path that is made from others costs more than looking at the file.

std::string_view file_name(const path& target) {
    const std::string_view text = target.native();
    return text.substr(text.rfind('/') + 1);  // all of it where there is no '/'
}

/// The path of what has the relative name `name` in the folder of `target`.
path beside(const path& target, std::string_view name) {
    const std::string_view text = target.native();
    return fmt::format("{}{}", text.substr(0, text.rfind('/') + 1), name);
}

std::string receipt_name(const path& target) {
    return fitting_name(file_name(target), NAME_MAX - receipt_suffix.size()).append(receipt_suffix);
}

std::string scratch_name(const path& target) { return fmt::format("{}.scratch", file_name(target)); }

/// True for a relative path without empty steps, "." and "..".
bool has_plain_steps(std::string_view text) {
    for (std::size_t begin = 0, end = 0; end < text.size(); begin = end + 1) {
        end = std::min(text.find('/', begin), text.size());
        const std::string_view step = text.substr(begin, end - begin);
        if (step.empty() || step == "." || step == "..") return false;
    }
    return !text.empty();
}

path in_current_folder(const path& plain) {
    std::array<char, PATH_MAX> folder;
    if (::getcwd(folder.data(), folder.size()) == nullptr || folder[1] == '\0')
        return std::filesystem::current_path() / plain;
    return fmt::format("{}/{}", folder.data(), plain.native());
}

std::string temporary_name(std::string_view name, std::string_view token) {
    return fmt::format(".{}.{}{}", fitting_name(name, max_temporary_stem), token, temporary_suffix);
}

}  // namespace

bool is_normalized(std::string_view text) { return text.starts_with('/') && has_plain_steps(text.substr(1)); }

path normalized_path(const path& any) {
    if (is_normalized(any.native())) return any;
    if (has_plain_steps(any.native())) return in_current_folder(any);
    path normal = (any.is_absolute() ? any : std::filesystem::absolute(any)).lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

path temporary_path(const path& target, std::string_view token) {
    return beside(target, temporary_name(file_name(target), token));
}

std::string temporary_stem(const path& target) { return fitting_name(file_name(target), max_temporary_stem); }

std::string_view stem_of_temporary(std::string_view file_name) {
    if (!file_name.starts_with('.') || !file_name.ends_with(temporary_suffix)) return {};
    file_name.remove_prefix(1);
    file_name.remove_suffix(temporary_suffix.size());
    const auto dot = file_name.rfind('.');
    return dot == std::string_view::npos || dot + 1 == file_name.size() ? std::string_view() : file_name.substr(0, dot);
}

std::string staged_receipt_stem(const path& target) { return fitting_name(receipt_name(target), max_temporary_stem); }

std::string scratch_stem(const path& target) { return fitting_name(scratch_name(target), max_temporary_stem); }

bool is_temporary_of(std::string_view file_name, std::string_view token) {
    return file_name.ends_with(fmt::format(".{}{}", token, temporary_suffix));
}

path receipt_path(const path& target) { return beside(target, fmt::format(".freshet/{}", receipt_name(target))); }

path receipts_folder(const path& target) { return beside(target, ".freshet"); }

path staged_receipts_folder(const path& target) { return beside(target, ".freshet/staged"); }

path staged_receipt_path(const path& target, std::string_view token) {
    return beside(target, fmt::format(".freshet/staged/{}", temporary_name(receipt_name(target), token)));
}

path retired_path(const path& target) { return beside(target, fmt::format(".freshet/{}.stale", file_name(target))); }

path invalidated_folder(const path& target) { return beside(target, ".freshet/invalidated"); }

path scratch_path(const path& target, std::string_view token) {
    return beside(target, fmt::format(".freshet/staged/{}", temporary_name(scratch_name(target), token)));
}

path aside_path(const path& target) { return beside(target, fmt::format(".freshet/{}.unfinished", file_name(target))); }

}  // namespace freshet::target
