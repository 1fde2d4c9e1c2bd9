// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/target_paths.hpp"

#include "base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::string temporary_name(std::string_view name, std::string_view token) {
    return fmt::format(".{}.{}{}", fitting_name(name, max_temporary_stem), token, temporary_suffix);
}

}  // namespace

bool is_normalized(std::string_view text) {
    if (!text.starts_with('/') || text.ends_with('/')) return false;
    for (std::size_t slash = 0; slash < text.size();) {
        const std::size_t next = std::min(text.find('/', slash + 1), text.size());
        const std::string_view step = text.substr(slash + 1, next - slash - 1);
        if (step.empty() || step == "." || step == "..") return false;
        slash = next;
    }
    return true;
}

path normalized_path(const path& any) {
    if (is_normalized(any.native())) return any;
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

path receipt_path(const path& target) { return beside(target, fmt::format(".freshet/{}", receipt_name(target))); }

path staged_receipts_folder(const path& target) { return beside(target, ".freshet/staged"); }

path staged_receipt_path(const path& target, std::string_view token) {
    return beside(target, fmt::format(".freshet/staged/{}", temporary_name(receipt_name(target), token)));
}

path retired_path(const path& target) { return beside(target, fmt::format(".freshet/{}.stale", file_name(target))); }

path invalidated_folder(const path& target) { return beside(target, ".freshet/invalidated"); }

path scratch_base(const path& target) {
    return beside(target, fmt::format(".freshet/staged/{}.scratch", file_name(target)));
}

path scratch_path(const path& target, std::string_view token) { return temporary_path(scratch_base(target), token); }

path aside_path(const path& target) { return beside(target, fmt::format(".freshet/{}.unfinished", file_name(target))); }

}  // namespace freshet::target
