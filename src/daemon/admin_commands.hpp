// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/exit_code.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace freshet::daemon {

/// Runs a command of the program `freshet`; its name comes first in `arguments`. Throws ParameterError for an invalid
/// command line, Error when the command fails.
ExitStatus run_admin_command(const std::vector<std::string>& arguments);

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
