// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"

#include <filesystem>
#include <string>

namespace freshet::daemon {

// The commands of the program `freshet` for the administrator of a freshetd.
ExitStatus backup_command(const cli::CommandContext& context);
ExitStatus restore_command(const cli::CommandContext& context);
ExitStatus check_state_command(const cli::CommandContext& context);
ExitStatus token_command(const cli::CommandContext& context);
ExitStatus autoscale_command(const cli::CommandContext& context);
ExitStatus man_page_command(const cli::CommandContext& context);

/// A secret and its entry in the token file.
struct NewToken {
    std::string secret;
    std::string line;  ///< of the token file, with the digest of the secret
};

/// Creates a token. Throws ParameterError for an invalid name or role.
NewToken new_token(const std::string& name, const std::string& roles);

/// Writes the secret to a new file that only its owner can read. Throws Error when the file exists.
void write_token(const std::filesystem::path& file, const NewToken& token);

/// Appends the line to the token file, creating it if necessary. Adds a missing final newline first.
void add_token_line(const std::filesystem::path& file, const NewToken& token);

}  // namespace freshet::daemon
