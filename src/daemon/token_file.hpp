// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace freshet::daemon {

struct NewToken {
    std::string secret;
    std::string line;  ///< for a file of tokens: it holds the digest
};

/// Makes a token. Throws ParameterError for a name or roles that no line can have.
NewToken new_token(const std::string& name, const std::string& roles);

/// Writes the token to a new file that its owner alone can read; throws Error when there is something of that name.
void write_token(const std::filesystem::path& file, const NewToken& token);

/// Adds the line to the file of tokens, which is made when missing, after its last line, which may want its end.
void add_token_line(const std::filesystem::path& file, const NewToken& token);

}  // namespace freshet::daemon
