// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/wgrib2_names.hpp"

#include "inventory/level_words.hpp"
#include "inventory/parameter_names.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace gfs::idx {
namespace {

/// GRIB2 table 4.10 in wgrib2's names.
std::string process_text(int process) {
    constexpr std::string_view names[] = {"ave", "acc",    "max",   "min",        "last-first",
                                          "RMS", "StdDev", "covar", "first-last", "ratio"};
    const auto index = static_cast<std::size_t>(process);
    return index < std::size(names) ? std::string(names[index]) : fmt::format("process={}", process);
}

}  // namespace

std::string parameter_name(const Parameter& parameter) {
    const auto names = parameter_names();
    const auto found = std::ranges::find(names, parameter, &ParameterName::parameter);
    if (found != names.end()) return std::string(found->name);
    return fmt::format("var discipline={} center=7 local_table=1 parmcat={} parm={}", parameter.discipline,
                       parameter.category, parameter.number);
}

std::string level_text(const Surface& first, const Surface& second) {
    const auto names = std::ranges::find(level_names(), first.type, &LevelName::type);
    if (names == level_names().end()) return fmt::format("lvl1=({},{:g})", first.type, first.number());
    const bool is_layer = second.type == first.type && !names->layer.empty();
    return fmt::format(fmt::runtime(is_layer ? names->layer : names->single), first.number() / names->unit,
                       second.number() / names->unit);
}

std::string time_text(int start, const std::optional<Statistic>& statistic) {
    if (!statistic) return start == 0 ? "anl" : fmt::format("{} hour fcst", start);
    const bool is_in_days = start % 24 == 0 && statistic->end % 24 == 0;
    return fmt::format("{}-{} {} {} fcst", is_in_days ? start / 24 : start,
                       is_in_days ? statistic->end / 24 : statistic->end, is_in_days ? "day" : "hour",
                       process_text(statistic->process));
}

Inventory inventory_of(const std::vector<ScannedField>& fields) {
    std::vector<Entry> entries;
    for (const auto& field : fields) {
        entries.push_back({.message = field.message,
                           .submessage = field.submessage,
                           .offset = field.offset,
                           .reference_time = fmt::format("{:%Y%m%d%H}", field.reference),
                           .name = parameter_name(field.parameter),
                           .level = level_text(field.first, field.second),
                           .time = time_text(field.start, field.statistic)});
    }
    return Inventory(std::move(entries));
}

}  // namespace gfs::idx
