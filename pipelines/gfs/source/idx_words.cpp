// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/idx_words.hpp"

#include "source/parameter_names.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace gfs::idx {
namespace {

/// How a level is written: alone, and as a layer between two; {} stands for its number in the unit of the text.
struct LevelWords {
    int type;
    std::string_view single;
    std::string_view layer;
    double unit = 1;
};

constexpr double pascals_in_millibar = 100;

constexpr LevelWords level_words[] = {
    {1, "surface", ""},
    {2, "cloud base", ""},
    {3, "cloud top", ""},
    {4, "0C isotherm", ""},
    {6, "max wind", ""},
    {7, "tropopause", ""},
    {8, "top of atmosphere", ""},
    {9, "sea bottom", ""},
    {10, "entire atmosphere", ""},
    {100, "{:g} mb", "{:g}-{:g} mb", pascals_in_millibar},
    {101, "mean sea level", ""},
    {102, "{:g} m above mean sea level", "{:g}-{:g} m above mean sea level"},
    {103, "{:g} m above ground", "{:g}-{:g} m above ground"},
    {104, "{:g} sigma level", "{:g}-{:g} sigma layer"},
    {105, "{:g} hybrid level", "{:g}-{:g} hybrid layer"},
    {106, "{:g} m below ground", "{:g}-{:g} m below ground"},
    {107, "{:g} K isentropic level", "{:g}-{:g} K isentropic layer"},
    {108, "{:g} mb above ground", "{:g}-{:g} mb above ground", pascals_in_millibar},
    {109, "PV={:g} (Km^2/kg/s) surface", ""},
    {200, "entire atmosphere (considered as a single layer)", ""},
    {201, "entire ocean (considered as a single layer)", ""},
    {204, "highest tropospheric freezing level", ""},
    {206, "grid scale cloud bottom level", ""},
    {207, "grid scale cloud top level", ""},
    {209, "boundary layer cloud bottom level", ""},
    {210, "boundary layer cloud top level", ""},
    {211, "boundary layer cloud layer", ""},
    {212, "low cloud bottom level", ""},
    {213, "low cloud top level", ""},
    {214, "low cloud layer", ""},
    {215, "cloud ceiling", ""},
    {220, "planetary boundary layer", ""},
    {222, "middle cloud bottom level", ""},
    {223, "middle cloud top level", ""},
    {224, "middle cloud layer", ""},
    {232, "high cloud bottom level", ""},
    {233, "high cloud top level", ""},
    {234, "high cloud layer", ""},
    {242, "convective cloud bottom level", ""},
    {243, "convective cloud top level", ""},
    {244, "convective cloud layer", ""},
};

/// GRIB2 table 4.10 in wgrib2's words.
std::string process_text(int process) {
    constexpr std::string_view words[] = {"ave", "acc", "max", "min", "last-first", "RMS", "StdDev", "covar",
                                          "first-last", "ratio"};
    const auto index = static_cast<std::size_t>(process);
    return index < std::size(words) ? std::string(words[index]) : fmt::format("process={}", process);
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
    const auto* const words = std::ranges::find(level_words, first.type, &LevelWords::type);
    if (words == std::end(level_words)) return fmt::format("lvl1=({},{:g})", first.type, first.number());
    const bool is_layer = second.type == first.type && !words->layer.empty();
    return fmt::format(fmt::runtime(is_layer ? words->layer : words->single), first.number() / words->unit,
                       second.number() / words->unit);
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
