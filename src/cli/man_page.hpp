// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"

#include <string>
#include <utility>
#include <vector>

namespace freshet::cli {

/// A section of a manual page: paragraphs, then terms with their meanings, then lines as they stand.
struct ManSection {
    std::string title;
    std::vector<std::string> paragraphs{};
    std::vector<std::pair<std::string, std::string>> rows{};  ///< "--state FILE", "state file of ..."
    std::string verbatim{};
};

/// A page of man(1), in plain text.
struct ManPage {
    std::string name;
    int section = 1;
    std::string version;
    std::string summary;
    std::string synopsis;  ///< after the name
    std::vector<ManSection> sections{};
};

/// The page in the language of man(7).
std::string man_text(const ManPage& page);

/// The section on these options.
ManSection options_section(std::span<const Option> options);

/// The page of a program, of the table of its commands.
ManPage man_page(const CommandContext& context);

}  // namespace freshet::cli
