// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cfg_interpolation.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

namespace freshet::app {

namespace {

constexpr int deepest = 10;  // as in Python's configparser

[[noreturn]] void refuse(const GivenValue& value, std::string_view why) {
    throw ParameterError(
        fmt::format("{}: [{}] {} is '{}': {}", value.origin, value.section, value.key, value.text, why));
}

}  // namespace

CfgInterpolation::CfgInterpolation(const std::vector<GivenValue>& values, Environment environment)
    : environment_(std::move(environment)) {
    for (const GivenValue& value : values) texts_[{value.section, value.key}] = value.text;
}

std::string CfgInterpolation::text_of(const GivenValue& value) const {
    return with_environment(value, with_values(value, value.text, 1));
}

std::string CfgInterpolation::with_values(const GivenValue& value, std::string_view text, int depth) const {
    if (depth > deepest) refuse(value, "its values refer to each other without end");
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
            refuse(value, "a '%' begins '%(name)s', or is written '%%'");
        const std::string name(text.substr(1, end - 1));
        const std::string* put_in = find(value.section, name);
        if (!put_in) refuse(value, fmt::format("there is no '{}' in [{}] or [DEFAULT]", name, value.section));
        result += put_in->find('%') == put_in->npos ? *put_in : with_values(value, *put_in, depth + 1);
        text.remove_prefix(end + 2);
    }
    return result += text;
}

std::string CfgInterpolation::with_environment(const GivenValue& value, std::string_view text) const {
    std::string result;
    for (auto sign = text.find("${"); sign != text.npos; sign = text.find("${")) {
        const auto end = text.find('}', sign);
        if (end == text.npos) break;
        const std::string name(text.substr(sign + 2, end - sign - 2));
        const auto variable = environment_.find(name);
        if (!name.empty() && variable == environment_.end())
            refuse(value, fmt::format("the environment has no variable '{}'", name));
        result += text.substr(0, sign);
        result += name.empty() ? "${}" : variable->second;
        text.remove_prefix(end + 1);
    }
    return result += text;
}

const std::string* CfgInterpolation::find(const std::string& section, const std::string& key) const {
    for (const std::string& place : {section, std::string("DEFAULT")})
        if (const auto found = texts_.find({place, key}); found != texts_.end()) return &found->second;
    return nullptr;
}

}  // namespace freshet::app
