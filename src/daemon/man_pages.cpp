// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/man_page.hpp"
#include "daemon/admin_commands.hpp"
#include "daemon/config_entries.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <ostream>
#include <string>

namespace freshet::daemon {

namespace {

constexpr std::string_view manual = "The manual is README.md in the documentation of Freshet.";

cli::ManPage freshet_page(const cli::CommandContext& context) {
    cli::ManPage page = cli::man_page(context);
    page.sections.push_back(
        {.title = "ENVIRONMENT",
         .rows = {
             {"FRESHET_SCHEDULER", "the URL of the freshetd that the commands ask, if --scheduler does not say it"},
             {"FRESHET_TOKEN", "the token for it, if --token-file does not name a file with it"}}});
    page.sections.push_back({.title = "SEE ALSO", .paragraphs = {"freshetd(8).", std::string(manual)}});
    return page;
}

cli::ManPage freshetd_page() {
    return {.name = "freshetd",
            .section = 8,
            .version = FRESHET_VERSION,
            .summary = "central scheduler for Luigi's and Freshet's workers",
            .synopsis = "[--OPTION ...]",
            .sections = {cli::options_section(daemon_options()),
                         {.title = "CONFIGURATION, SIGNALS AND EXIT STATUS", .verbatim = std::string(daemon_remarks())},
                         {.title = "SEE ALSO", .paragraphs = {"freshet(1).", std::string(manual)}}}};
}

}  // namespace

ExitStatus man_page_command(const cli::CommandContext& context) {
    const std::string& name = context.parsed.words.front();
    if (name != "freshet" && name != "freshetd")
        throw ParameterError(fmt::format("man-page: '{}' is neither freshet nor freshetd", name));
    context.cli.out << cli::man_text(name == "freshetd" ? freshetd_page() : freshet_page(context));
    return ExitStatus::success;
}

}  // namespace freshet::daemon
