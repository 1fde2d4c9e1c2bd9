// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/config_section.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

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

}  // namespace freshet
