// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/impossible_values.hpp"

#include "cycle.hpp"
#include "inventory/leads.hpp"
#include "upstream/roots.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace gfs {

namespace {

using freshet::ParameterError;
using freshet::Values;

template <class T>
T read(std::string_view text) {
    return freshet::Codec<T>::read(text);
}

void check_cycle(std::string_view text, const Values&) {
    if (text == "latest" || text == "previous") return;
    if (read<Cycle>(text).time_since_epoch() % cycle_interval != std::chrono::hours(0))
        throw ParameterError(fmt::format("GFS has no cycle '{}': it starts at 00, 06, 12 and 18 UTC", text));
}

void check_product(std::string_view text, const Values&) { find_product(text); }

void check_leads(std::string_view text, const Values& values) {
    if (const auto product = values.find("product"); product != values.end())
        read<Leads>(text).hours(find_product(product->second));
}

void check_source(std::string_view text, const Values&) { parse_mirrors(text); }

// The name is part of paths, of file names and of what a mapfile says.
void check_dataset(std::string_view text, const Values&) {
    const bool is_name = !text.starts_with('.') && std::ranges::all_of(text, [](const unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
    if (!is_name)
        throw ParameterError(
            fmt::format("'{}' is not a name like my-gfs.0p25, of letters, digits, '.', '_' and '-'", text));
}

template <int least>
void check_least(std::string_view text, const Values&) {
    if (read<int>(text) < least) throw ParameterError(fmt::format("'{}' is less than {}", text, least));
}

struct Check {
    std::string_view parameter;
    void (*check)(std::string_view text, const Values& all);
};

constexpr Check checks[] = {
    {"cycle", check_cycle},     {"since", check_cycle},       {"product", check_product},
    {"lead", check_leads},      {"leads", check_leads},       {"source", check_source},
    {"dataset", check_dataset}, {"revision", check_least<1>}, {"keep_cycles", check_least<0>},
};

std::string option_name(std::string_view parameter) {
    std::string name(parameter);
    std::ranges::replace(name, '_', '-');
    return name;
}

}  // namespace

void validate_parameters(std::string_view family, const Values& values) {
    for (const Check& check : checks) {
        const auto value = values.find(check.parameter);
        if (value == values.end()) continue;
        try {
            check.check(value->second, values);
        } catch (const ParameterError& error) {
            throw ParameterError(fmt::format("{} --{}: {}", family, option_name(check.parameter), error.what()));
        }
    }
}

}  // namespace gfs
