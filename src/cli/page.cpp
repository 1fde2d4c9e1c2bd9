// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "cli/state_reader.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

namespace freshet::cli {

namespace {

/// The program `freshet`, which has the pages: beside this program, where both are installed, or on the PATH.
std::string operator_tool() {
    std::error_code unknown;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path() / "freshet";
    return !unknown && access(beside.c_str(), X_OK) == 0 ? beside.string() : "freshet";
}

}  // namespace

ExitStatus page_command(const CommandContext& context) {
    const auto state = state_path(context, example_root(context));
    std::vector<std::string> words{operator_tool(), "page", "--state", state.string()};
    if (const auto port = context.parsed.option("port")) words.insert(words.end(), {"--port", *port});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execvp(arguments.front(), arguments.data());
    throw Error(fmt::format("page: start '{}', which shows the pages and comes with Freshet: {}", words.front(),
                            system_error_text(errno)));
}

}  // namespace freshet::cli
