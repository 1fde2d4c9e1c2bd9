// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::api {

/// Permission level of a token.
enum class Role : unsigned {
    view = 1,     ///< read everything
    work = 2,     ///< send worker messages
    operate = 4,  ///< change tasks, workers and resources
};

/// A set of roles.
class Roles {
public:
    constexpr Roles() = default;
    constexpr Roles(Role role) : bits_(static_cast<unsigned>(role)) {}

    static constexpr Roles all();

    constexpr bool empty() const { return bits_ == 0; }
    /// Returns true if the sets have a role in common.
    constexpr bool intersects(Roles other) const { return (bits_ & other.bits_) != 0; }

    friend constexpr Roles operator|(Roles one, Roles other) {
        one.bits_ |= other.bits_;
        return one;
    }
    friend bool operator==(Roles, Roles) = default;

private:
    unsigned bits_ = 0;
};

constexpr Roles operator|(Role one, Role other) { return Roles(one) | Roles(other); }

constexpr Roles Roles::all() { return Role::view | Role::work | Role::operate; }

/// Authenticated client and its roles.
struct Principal {
    std::string name;
    Roles roles;

    friend bool operator==(const Principal&, const Principal&) = default;
};

/// Formats as "view or work".
std::string roles_text(Roles roles);

/// Access tokens, stored as digests. A token file has lines "NAME ROLE[,ROLE...] TOKEN": ROLE is view, work or operate
/// (which includes view), TOKEN the token itself or "sha256:" and its digest; '#' begins a comment.
class Tokens {
public:
    /// Throws ParameterError, naming `source_name` and the line, for an invalid line or a short token.
    static Tokens parse(std::string_view text, std::string_view source_name);
    /// Also throws ParameterError if the file is empty, writable by others, or has plain tokens that others can read.
    static Tokens read(const std::filesystem::path& file);

    bool empty() const { return entries_.empty(); }
    /// Looks up a token in constant time.
    std::optional<Principal> find(std::string_view token) const;

private:
    struct Entry {
        Principal principal;
        std::string digest;
    };

    std::vector<Entry> entries_;
    bool has_plain_tokens_ = false;
};

/// Returns 256 bits from the system's random generator as URL-safe text.
std::string new_token();

/// Formats a line of a token file, with the token's digest. Throws ParameterError for an invalid name or role.
std::string token_line(std::string_view name, std::string_view roles, std::string_view token);

}  // namespace freshet::api
