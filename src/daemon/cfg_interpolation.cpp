// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/cfg_interpolation.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

namespace freshet::daemon {

namespace {

constexpr int max_depth = 10;  // as in Python's configparser

[[noreturn]] void reject(const ConfigEntry& value, std::string_view why) {
    throw ParameterError(
        fmt::format("{}: [{}] {} is '{}': {}", value.origin, value.section, value.key, value.text, why));
}

}  // namespace

CfgInterpolation::CfgInterpolation(const std::vector<ConfigEntry>& values, Environment environment)
    : environment_(std::move(environment)) {
    for (const ConfigEntry& value : values) texts_[{value.section, value.key}] = value.text;
}

std::string CfgInterpolation::interpolate(const ConfigEntry& value) const {
    return interpolate_environment(value, interpolate_values(value, value.text, 1));
}

std::string CfgInterpolation::interpolate_values(const ConfigEntry& value, std::string_view text, int depth) const {
    if (depth > max_depth) reject(value, "its values refer to each other without end");
    std::string result;
    for (auto sign = text.find('%'); sign != text.npos; sign = text.find('%')) {
        result += text.substr(0, sign);
        text.remove_prefix(sign + 1);
        if (text.starts_with('%')) {
            result += '%';
            text.remove_prefix(1);
            continue;
        }
        const auto end = text.find(')');
        if (!text.starts_with('(') || end == text.npos || !text.substr(end + 1).starts_with('s'))
            reject(value, "a '%' begins '%(name)s', or is written '%%'");
        const std::string name(text.substr(1, end - 1));
        const std::string* replacement = find(value.section, name);
        if (!replacement) reject(value, fmt::format("there is no '{}' in [{}] or [DEFAULT]", name, value.section));
        result += replacement->find('%') == replacement->npos ? *replacement
                                                              : interpolate_values(value, *replacement, depth + 1);
        text.remove_prefix(end + 2);
    }
    return result += text;
}

std::string CfgInterpolation::interpolate_environment(const ConfigEntry& value, std::string_view text) const {
    std::string result;
    for (auto sign = text.find("${"); sign != text.npos; sign = text.find("${")) {
        const auto end = text.find('}', sign);
        if (end == text.npos) break;
        const std::string name(text.substr(sign + 2, end - sign - 2));
        const auto variable = environment_.find(name);
        if (!name.empty() && variable == environment_.end())
            reject(value, fmt::format("the environment has no variable '{}'", name));
        result += text.substr(0, sign);
        result += name.empty() ? "${}" : variable->second;
        text.remove_prefix(end + 1);
    }
    return result += text;
}

const std::string* CfgInterpolation::find(const std::string& section, const std::string& key) const {
    for (const std::string& candidate : {section, std::string("DEFAULT")})
        if (const auto found = texts_.find({candidate, key}); found != texts_.end()) return &found->second;
    return nullptr;
}

}  // namespace freshet::daemon
