// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/role.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

/// Who asks, and what they may do.
struct Principal {
    std::string name;
    Roles roles;

    friend bool operator==(const Principal&, const Principal&) = default;
};

/// "view or work"
std::string roles_text(Roles roles);

/// The tokens that open the scheduler. Lines "NAME ROLE[,ROLE...] TOKEN", where ROLE is view, work or operate (which
/// includes view) and TOKEN either the token itself or "sha256:" and its digest; '#' begins a comment.
class Tokens {
public:
    /// Throws ParameterError, naming `source_name` and the line, for a line that is none of these or a token that is
    /// short.
    static Tokens parse(std::string_view text, std::string_view source_name);
    /// Also throws ParameterError when others than its owner could write the file, or read tokens from it.
    static Tokens read(const std::filesystem::path& file);

    bool empty() const { return entries_.empty(); }
    /// Takes as long for every token, known or not.
    std::optional<Principal> find(std::string_view token) const;

private:
    struct Entry {
        Principal principal;
        std::string digest;
    };

    std::vector<Entry> entries_;
    bool has_plain_tokens_ = false;
};

/// 256 bits from the system's generator, as text that can stand in a URL.
std::string new_token();

/// A line for a file of tokens that holds the token's digest, not the token.
std::string token_line(std::string_view name, std::string_view roles, std::string_view token);

}  // namespace freshet::scheduler
