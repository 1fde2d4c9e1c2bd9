// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/man_page.hpp"

#include "cli/help.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace freshet::cli {

namespace {

/// Text that is no request of roff, and whose dashes can be copied into a shell.
std::string roff(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\e";
        else if (c == '-')
            result += "\\-";
        else if (c == '\'')
            result += "\\(aq";
        else if (c == '\n')
            result += ' ';
        else
            result += c;
    }
    return result.starts_with('.') ? "\\&" + result : result;
}

std::string roff(const ManSection& section) {
    std::string text = fmt::format(".SH {}\n", roff(section.title));
    for (std::size_t i = 0; i < section.paragraphs.size(); ++i)
        text += fmt::format("{}{}\n", i == 0 ? "" : ".PP\n", roff(section.paragraphs[i]));
    for (const auto& [term, meaning] : section.rows) text += fmt::format(".TP\n.B {}\n{}\n", roff(term), roff(meaning));
    if (section.verbatim.empty()) return text;
    text += ".nf\n";
    for (const std::string& line : split(std::string(trimmed(section.verbatim)), '\n')) text += roff(line) + '\n';
    return text + ".fi\n";
}

ManSection commands_section(const CommandContext& context) {
    ManSection section{.title = "COMMANDS"};
    for (const Command& command : context.table.commands) {
        std::vector<std::string> flags;
        for (const Option& option : context.table.options)
            if (accepts(command, option.name) && option.name != "help" && option.name != "config")
                flags.push_back(fmt::format("--{}", option.name));
        const std::string options = flags.empty() ? "" : fmt::format(" Options: {}.", joined(flags, ", "));
        section.rows.emplace_back(fmt::format("{}{}", command.name, operand_usage(command)),
                                  fmt::format("{}.{}", command.help, options));
    }
    return section;
}

ManSection statuses_section(const CommandTable& table, const Registry& registry) {
    ManSection section{.title = "EXIT STATUS"};
    for (const run::ExitStatusHelp& status : exit_statuses(table, registry))
        section.rows.emplace_back(std::to_string(static_cast<int>(status.status)), status.meaning);
    return section;
}

}  // namespace

std::string man_text(const ManPage& page) {
    std::string title = page.name;
    std::ranges::transform(title, title.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::string text = fmt::format(".\\\" Written by 'freshet man-page'.\n.TH {} {} \"\" \"{} {}\" Freshet\n",
                                   roff(title), page.section, roff(page.name), roff(page.version));
    text += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n{}\n", roff(page.name), roff(page.summary),
                        roff(page.name), roff(page.synopsis));
    for (const ManSection& section : page.sections) text += roff(section);
    return text;
}

ManSection options_section(std::span<const Option> options) {
    ManSection section{.title = "OPTIONS"};
    for (const Option& option : options)
        section.rows.emplace_back(
            fmt::format("--{}{}{}", option.name, option.placeholder.empty() ? "" : " ", option.placeholder),
            option.help);
    return section;
}

ManPage man_page(const CommandContext& context) {
    return {.name = context.program.name,
            .version = context.program.version,
            .summary = context.program.summary,
            .synopsis = "COMMAND [OPERAND ...] [--OPTION ...]",
            .sections = {{.title = "DESCRIPTION", .paragraphs = split(std::string(context.table.remarks), '\n')},
                         commands_section(context),
                         options_section(context.table.options),
                         statuses_section(context.table, context.registry)}};
}

}  // namespace freshet::cli
