// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/commands.hpp"
#include "store/state_file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace freshet::run {

/// The file of that name in $XDG_STATE_HOME/freshet, or where that usually is. Throws ConfigError when nothing
/// says where; `option` would.
std::filesystem::path xdg_state_path(const Environment& environment, const std::string& name, std::string_view option);

/// Where the state is: --state or [run] state, else where the program wants it for `root`, else
/// $XDG_STATE_HOME/freshet/PROGRAM.sqlite. Throws ConfigError when nothing says where.
std::filesystem::path state_path(const CommandContext& context, const std::optional<AnyTask>& root);

/// A task that tells the program where its state is, when none is named: of the operand's family, else of the first
/// that can be made, with the settings' values, and examples for what must be given.
std::optional<AnyTask> example_root(const CommandContext& context);

/// The state to read; nullopt when nothing has been kept there yet.
std::optional<store::StateFile> open_state_read_only(const std::filesystem::path& path);

}  // namespace freshet::run
