// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include "freshet/codec.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace gfs {

namespace {

/// Removes the first field from a line and returns it.
std::string next_field(std::string_view& line) {
    const auto comma = line.find(',');
    const std::string_view field = line.substr(0, comma);
    line.remove_prefix(comma == line.npos ? line.size() : comma + 1);
    return std::string(freshet::trimmed(field));
}

bool is_colour(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    return text.empty() || (text.size() == 7 && text.front() == '#' && text.find_first_not_of(digits, 1) == text.npos);
}

/// Reads the part of a line after the name. Throws freshet::ParameterError for one that cannot follow these steps.
ColourStep read_step(std::string_view line, const std::vector<ColourStep>& steps) {
    ColourStep step;
    if (const std::string from = next_field(line); !from.empty()) step.from = freshet::Codec<double>::read(from);
    if (step.from && !std::isfinite(*step.from)) throw freshet::ParameterError("the lower bound is not finite");
    step.colour = next_field(line);
    step.label = freshet::trimmed(line);
    if (!is_colour(step.colour))
        throw freshet::ParameterError(fmt::format("'{}' is not a colour like #08306b", step.colour));
    if (!steps.empty() && !step.from)
        throw freshet::ParameterError("only the first line of a name may lack its lower bound");
    if (!steps.empty() && steps.back().from && *step.from <= *steps.back().from)
        throw freshet::ParameterError(fmt::format("{} is not above {}", *step.from, *steps.back().from));
    return step;
}

}  // namespace

Styles parse_styles(std::string_view text) {
    Styles styles;
    std::set<std::string> invalid;
    int number = 0;
    for (const std::string& raw : freshet::split(text, '\n')) {
        ++number;
        std::string_view line = freshet::trimmed(raw);
        if (line.empty() || line.front() == '#') continue;
        const std::string name = next_field(line);
        try {
            if (std::ranges::count(line, ',') < 2) throw freshet::ParameterError("not name,from,colour,label");
            auto& steps = styles.palettes[name];
            steps.push_back(read_step(line, steps));
        } catch (const freshet::ParameterError& error) {
            styles.errors.push_back(fmt::format("line {}, '{}': {}", number, name, error.what()));
            invalid.insert(name);
        }
    }
    for (const std::string& name : invalid) styles.palettes.erase(name);
    return styles;
}

}  // namespace gfs
