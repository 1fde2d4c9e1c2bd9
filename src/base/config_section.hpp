// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// The name of a section or key in the form that is compared: "Retry-Delay" is "retry_delay".
std::string normalized_key(std::string_view name);

/// One key of a section: its name and the function that parses its text into a member of Section.
template <class Section>
struct ConfigKey {
    std::string_view name;
    void (*set)(Section& values, std::string_view text);
};

/// The class and the type of a member that a pointer to member points to.
template <class Member>
struct MemberPointer;

template <class Class, class Value>
struct MemberPointer<Value Class::*> {
    using class_type = Class;
    using value_type = Value;
};

/// Returns the key `name`, stored in `member`. `read` parses its text and throws ParameterError for a wrong one.
template <auto member, auto read = &Codec<typename MemberPointer<decltype(member)>::value_type>::read>
constexpr auto config_key(std::string_view name) {
    using Section = typename MemberPointer<decltype(member)>::class_type;
    return ConfigKey<Section>{name, [](Section& values, std::string_view text) { values.*member = read(text); }};
}

/// Throws ParameterError with the nearest of the known keys.
[[noreturn]] void reject_unknown_key(std::string_view section, std::string_view key,
                                     const std::vector<std::string>& known);
/// Throws `error` again with the section and the key before its message.
[[noreturn]] void reject_value(std::string_view section, std::string_view key, const ParameterError& error);

/// One section of a configuration and the table of its keys.
template <class Section>
struct ConfigSection {
    std::string_view name;
    std::span<const ConfigKey<Section>> keys;

    /// Parses `text` into the member that `key` stands for; '-' in a key is '_'. Throws ParameterError, naming section
    /// and key, for an unknown key and for a text that is not a value of it.
    void set(Section& values, std::string_view key, std::string_view text) const {
        const std::string wanted = normalized_key(key);
        const auto found = std::ranges::find(keys, wanted, &ConfigKey<Section>::name);
        if (found == keys.end()) reject_unknown_key(name, key, key_names());
        try {
            found->set(values, text);
        } catch (const ParameterError& error) {
            reject_value(name, wanted, error);
        }
    }

    /// All keys, in the order of the table.
    std::vector<std::string> key_names() const {
        std::vector<std::string> names;
        for (const ConfigKey<Section>& key : keys) names.emplace_back(key.name);
        return names;
    }
};

// How config_key() reads texts of some kinds; they throw ParameterError.
std::int64_t read_integer(std::string_view text, std::int64_t min, std::int64_t max);
std::uint16_t read_port(std::string_view text);
std::optional<std::filesystem::path> read_path(std::string_view text);  ///< not an empty one

}  // namespace freshet
