// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/tokens.hpp"

#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>

namespace freshet::api {

namespace {

constexpr std::string_view digest_prefix = "sha256:";
constexpr std::size_t digest_size = 64;
constexpr std::size_t min_token_length = 32;  // 128 bits in hexadecimal

struct RoleName {
    std::string_view name;
    Roles roles;
};

constexpr std::array role_names = {RoleName{"view", Role::view}, RoleName{"work", Role::work},
                                   RoleName{"operate", Role::operate | Role::view}};

Roles parse_roles(const std::string& text) {
    Roles roles;
    for (const std::string& name : split(text, ',')) {
        const auto found = std::ranges::find(role_names, name, &RoleName::name);
        if (found == role_names.end())
            throw ParameterError(fmt::format("unknown role '{}': expected view, work or operate", name));
        roles = roles | found->roles;
    }
    return roles;
}

std::string parse_digest(std::string_view text) {
    text.remove_prefix(digest_prefix.size());
    const bool is_hex = text.find_first_not_of("0123456789abcdef") == text.npos;
    if (text.size() != digest_size || !is_hex) throw ParameterError("'sha256:' is not followed by a SHA-256 digest");
    return std::string(text);
}

std::string digest_of(std::string_view token) {
    if (token.size() < min_token_length)
        throw ParameterError(fmt::format("the token is shorter than {} characters", min_token_length));
    return sha256(token);
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line.substr(0, line.find('#')));
    return {std::istream_iterator<std::string>(in), {}};
}

/// Compares every byte, so that the time does not reveal the position of a difference.
bool constant_time_equal(std::string_view one, std::string_view other) {
    unsigned difference = one.size() == other.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i)
        difference |= static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]);
    return difference == 0;
}

}  // namespace

std::string roles_text(Roles roles) {
    std::vector<std::string> names;
    for (const auto& [name, role] : {RoleName{"view", Role::view}, {"work", Role::work}, {"operate", Role::operate}})
        if (roles.intersects(role)) names.emplace_back(name);
    return joined(names, " or ");
}

Tokens Tokens::parse(std::string_view text, std::string_view source_name) {
    Tokens tokens;
    std::size_t number = 0;
    for (const std::string& line : split(std::string(text), '\n')) {
        ++number;
        const auto words = words_of(line);
        if (words.empty()) continue;
        try {
            if (words.size() != 3) throw ParameterError("expected NAME ROLE[,ROLE...] TOKEN");
            const bool is_digest = words[2].starts_with(digest_prefix);
            tokens.entries_.push_back(
                {{words[0], parse_roles(words[1])}, is_digest ? parse_digest(words[2]) : digest_of(words[2])});
            tokens.has_plain_tokens_ |= !is_digest;
        } catch (const ParameterError& error) {
            throw ParameterError(fmt::format("read tokens '{}', line {}: {}", source_name, number, error.what()));
        }
    }
    return tokens;
}

Tokens Tokens::read(const std::filesystem::path& file) {
    using std::filesystem::perms;
    Tokens tokens = parse(read_file(file), file.native());
    const perms mode = std::filesystem::status(file).permissions();
    if ((mode & (perms::group_write | perms::others_write)) != perms::none)
        throw ParameterError(fmt::format("read tokens '{}': writable by others (chmod 600 it)", file.native()));
    if (tokens.has_plain_tokens_ && (mode & (perms::group_read | perms::others_read)) != perms::none)
        throw ParameterError(
            fmt::format("read tokens '{}': readable by others (chmod 600 it, or store "
                        "digests)",
                        file.native()));
    if (tokens.empty()) throw ParameterError(fmt::format("read tokens '{}': no tokens in the file", file.native()));
    return tokens;
}

std::optional<Principal> Tokens::find(std::string_view token) const {
    const std::string digest = sha256(token);
    const Entry* found = nullptr;
    for (const Entry& entry : entries_)
        if (constant_time_equal(entry.digest, digest)) found = &entry;
    return found ? std::optional(found->principal) : std::nullopt;
}

std::string new_token() {
    std::array<unsigned char, 32> bytes;
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw Error(fmt::format("create token: {}", system_error_text(errno)));
    std::string token = "frsh_";
    for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
    return token;
}

std::string token_line(std::string_view name, std::string_view roles, std::string_view token) {
    const std::string line = fmt::format("{} {} {}{}\n", name, roles, digest_prefix, digest_of(token));
    const auto principal = Tokens::parse(line, "new token").find(token);
    if (!principal || principal->name != name)
        throw ParameterError(fmt::format("create token for '{}': a name is one word without '#'", name));
    return line;
}

}  // namespace freshet::api
