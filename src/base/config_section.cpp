// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/config_section.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <limits>

namespace freshet {

std::string normalized_key(std::string_view name) {
    std::string text = lower(name);
    std::ranges::replace(text, '-', '_');
    return text;
}

void reject_unknown_key(std::string_view section, std::string_view key, const std::vector<std::string>& known) {
    throw ParameterError(fmt::format("[{}] has no key '{}'{}", section, key, suggestion(normalized_key(key), known)));
}

void reject_value(std::string_view section, std::string_view key, const ParameterError& error) {
    throw ParameterError(fmt::format("[{}] {}: {}", section, key, error.what()));
}

std::int64_t read_integer(std::string_view text, std::int64_t min, std::int64_t max) {
    const auto value = Codec<std::int64_t>::read(text);
    if (value >= min && value <= max) return value;
    throw ParameterError(fmt::format("'{}' is not between {} and {}", text, min, max));
}

std::uint16_t read_port(std::string_view text) {
    return static_cast<std::uint16_t>(read_integer(text, 0, std::numeric_limits<std::uint16_t>::max()));
}

std::optional<std::filesystem::path> read_path(std::string_view text) {
    if (text.empty()) throw ParameterError("'' is not a path");
    return text;
}

}  // namespace freshet
