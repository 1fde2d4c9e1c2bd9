// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/selection.hpp"
#include "upstream/words.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

namespace gfs {

std::string Selection::read_file(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::set<std::string> texts;  // sorted, so that equal wishes have equal text
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto text = trimmed(std::string_view(line).substr(0, line.find('#')));
        if (text.empty()) continue;
        try {
            texts.insert(Pattern::parse(text).text());
        } catch (const freshet::ParameterError& error) {
            throw freshet::ParameterError(fmt::format("'{}' line {}: {}", path.string(), number, error.what()));
        }
    }
    if (!in.eof())
        throw freshet::ParameterError(
            fmt::format("reading the variables from '{}': {}", path.string(), std::strerror(errno)));
    if (texts.empty())
        throw freshet::ParameterError(
            fmt::format("reading the variables from '{}': no line has a pattern", path.string()));
    return fmt::format("{}", fmt::join(texts, ";"));
}

}  // namespace gfs
