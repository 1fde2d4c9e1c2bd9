// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/process_arguments.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace freshet::cli {

namespace {

/// The addresses of the arguments in this process, from proc(5).
struct ArgumentArea {
    std::uintptr_t begin = 0, end = 0;

    bool contains(const char* text) const {
        const auto address = reinterpret_cast<std::uintptr_t>(text);
        return address >= begin && address < end;
    }
};

ArgumentArea argument_area() {
    try {
        const std::string stat = read_file("/proc/self/stat");
        // The fields after the command's name, which may contain blanks; the first one is number 3.
        const auto fields = split(std::string_view(stat).substr(stat.rfind(')') + 2), ' ');
        constexpr std::size_t first = 3, arg_start = 48, arg_end = 49;
        return {std::stoull(fields.at(arg_start - first)), std::stoull(fields.at(arg_end - first))};
    } catch (const std::exception&) {
        return {};  // without /proc nobody else sees them there
    }
}

}  // namespace

ProcessArguments::ProcessArguments(int argc, const char* const* argv) {
    const ArgumentArea area = argument_area();
    for (int i = 1; i < argc; ++i) {
        if (!area.contains(argv[i])) {
            arguments_.clear();
            return;
        }
        // The standard lets a program modify the strings that main() gets.
        arguments_.emplace_back(const_cast<char*>(argv[i]), std::strlen(argv[i]));
    }
}

void ProcessArguments::show(const std::vector<std::string>& shown) {
    const std::size_t count = std::min(shown.size(), arguments_.size());
    for (std::size_t from_end = 1; from_end < count; ++from_end) {
        const std::string& text = shown[shown.size() - from_end];
        const std::span<char> argument = arguments_[arguments_.size() - from_end];
        if (std::string_view(argument.data(), argument.size()) == text) continue;
        // A shorter text is followed by zeros, so that not even the length of the secret is seen.
        std::ranges::fill(argument, '\0');
        std::ranges::copy(std::string_view(text).substr(0, argument.size()), argument.begin());
    }
}

void ProcessArguments::hide() {
    for (std::size_t i = 1; i < arguments_.size(); ++i) std::ranges::fill(arguments_[i], '\0');
}

}  // namespace freshet::cli
