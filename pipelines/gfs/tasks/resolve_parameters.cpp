// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/resolve_parameters.hpp"

#include "cycle.hpp"
#include "inventory/leads.hpp"
#include "inventory/selection.hpp"
#include "tasks/cycle_parameters.hpp"
#include "upstream/mirrors.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace gfs {

namespace {

using namespace std::chrono_literals;

/// Returns the product among the values; the default one where there is none or it is unknown.
const Product& product_of(const freshet::Values& values) {
    const auto given = values.find("product");
    const Product* const known = given == values.end() ? nullptr : product_named(given->second);
    return known == nullptr ? find_product(FileKey{}.product) : *known;
}

Cycle newest_published(const Product& product, freshet::Time now) {
    const auto first_files_after = product.publication.front().earliest;
    const auto hour = std::chrono::floor<std::chrono::hours>(now - first_files_after);
    const auto day = std::chrono::floor<std::chrono::days>(hour);
    return day + (hour - day) / cycle_interval * cycle_interval;
}

std::string utc_text_milliseconds(freshet::Time time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", second,
                       std::chrono::floor<std::chrono::milliseconds>(time - second).count());
}

/// Returns the cycle that long before the newest one, for a duration like "3 days"; nothing for other text.
std::optional<Cycle> cycle_before(std::string_view text, std::string_view newest) try {
    if (std::ranges::all_of(text, [](const char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    const auto cycles = freshet::Codec<std::chrono::seconds>::read(text) / cycle_interval;
    return freshet::Codec<Cycle>::read(newest) - cycles * cycle_interval;
} catch (const freshet::ParameterError&) {
    return std::nullopt;
}

using freshet::ParameterError;
using freshet::Values;

template <class T>
T read(std::string_view text) {
    return freshet::Codec<T>::read(text);
}

void check_cycle(std::string_view text, const Values&) {
    if (text == "latest" || text == "previous") return;
    if (read<Cycle>(text).time_since_epoch() % cycle_interval != std::chrono::hours(0))
        throw ParameterError(fmt::format("'{}' is not a cycle of GFS: cycles start at 00, 06, 12 and 18 UTC", text));
}

void check_product(std::string_view text, const Values&) { find_product(text); }

void check_leads(std::string_view text, const Values& values) {
    if (const auto product = values.find("product"); product != values.end())
        read<Leads>(text).hours(find_product(product->second));
}

void check_member(std::string_view text, const Values& values) {
    const auto problem = product_of(values).member_problem(read<std::optional<EnsembleMember>>(text));
    if (!problem.empty()) throw ParameterError(problem);
}

void check_source(std::string_view text, const Values&) { parse_mirrors(text); }

// The name becomes part of paths, file names and the mapfile.
void check_dataset_name(std::string_view text, const Values&) {
    const bool is_name = !text.starts_with('.') && std::ranges::all_of(text, [](const unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
    if (!is_name)
        throw ParameterError(
            fmt::format("'{}' is not a dataset name like my-gfs.0p25: use letters, digits, '.', '_' and '-'", text));
}

void check_url(std::string_view text, const Values&) {
    const auto scheme = text.find("://");
    if (!text.empty() && (scheme == 0 || scheme >= text.size() - 3))
        throw ParameterError(fmt::format("'{}' is not a URL like https://data.example.org/gfs", text));
}

template <int minimum>
void check_minimum(std::string_view text, const Values&) {
    if (read<int>(text) < minimum) throw ParameterError(fmt::format("'{}' is less than {}", text, minimum));
}

struct Check {
    std::string_view parameter;
    void (*check)(std::string_view text, const Values& all);
};

constexpr Check checks[] = {
    {"cycle", check_cycle},
    {"since", check_cycle},
    {"product", check_product},
    {"lead", check_leads},
    {"leads", check_leads},
    {"source", check_source},
    {"dataset", check_dataset_name},
    {"public_url", check_url},
    {"member", check_member},
    {"revision", check_minimum<1>},
    {"keep_cycles", check_minimum<0>},
};

std::string option_name(std::string_view parameter) {
    std::string name(parameter);
    std::ranges::replace(name, '_', '-');
    return name;
}

}  // namespace

void resolve_cycle_alias(std::string_view family, freshet::Values& values, const freshet::Clock& clock) {
    // Tasks on several cycles start from the newest by default.
    if (family == "Contiguous" || family == "Watch") values.try_emplace("cycle", "latest");
    if (const auto asked = values.find("asked"); asked != values.end() && asked->second.empty())
        asked->second = utc_text_milliseconds(clock.now());
    const auto cycle = values.find("cycle");
    if (cycle == values.end()) return;
    const Cycle newest = newest_published(product_of(values), clock.now());
    if (cycle->second == "latest") cycle->second = freshet::Codec<Cycle>::write(newest);
    if (cycle->second == "previous") cycle->second = freshet::Codec<Cycle>::write(newest - cycle_interval);
    const auto since = values.find("since");
    if (since == values.end()) return;
    if (const auto first = cycle_before(since->second, cycle->second))
        since->second = freshet::Codec<Cycle>::write(*first);
}

void resolve_selection_file(freshet::Values& values) {
    const auto variables = values.find("variables");
    if (variables == values.end()) return;
    const bool is_word = variables->second == "portal" || variables->second == "all";
    std::error_code no_such_name;  // patterns may be longer than a file name can be
    if (!is_word && std::filesystem::exists(variables->second, no_such_name))
        variables->second = Selection::read_file(variables->second);
    else
        Selection::parse(variables->second);
}

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

void check_dataset(std::string_view family, const Values& values) {
    if (!values.contains("dataset")) return;
    std::string conflict;
    try {
        conflict = dataset_conflict(parameters_from<CycleParameters>(values));
    } catch (const ParameterError&) {
        return;  // a malformed value, which is reported with its origin when the task is made
    }
    if (!conflict.empty()) throw ParameterError(fmt::format("{} --dataset: {}", family, conflict));
}

void resolve_parameters(std::string_view family, Values& values, const freshet::Clock& clock) {
    resolve_cycle_alias(family, values, clock);
    resolve_selection_file(values);
    validate_parameters(family, values);
    check_dataset(family, values);
}

}  // namespace gfs
