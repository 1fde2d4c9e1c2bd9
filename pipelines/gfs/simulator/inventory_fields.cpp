// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/inventory_fields.hpp"

#include "grib/cf_table.hpp"
#include "grib/level_kinds.hpp"
#include "inventory/inventory.hpp"
#include "simulator/synthetic_fields.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace gfs::simulator {
namespace {

using std::chrono::hours;
using std::chrono::sys_seconds;

/// The parameters on one level, each with an optional qualifier: over the bucket ("ave", "acc", "max", "min"), since
/// the analysis ("run"), an instant that an analysis lacks ("later").
struct LevelFields {
    std::string_view level;
    std::string_view names;
};

constexpr LevelFields levels[] = {
    {"mean sea level", "PRMSL MSLET"},
    {"1 hybrid level", "CLMR ICMR RWMR SNMR GRLE REFD"},
    {"2 hybrid level", "REFD"},
    {"entire atmosphere", "REFC TCDC TCDC:ave"},
    {"surface",
     "VIS GUST HINDEX PRES HGT TMP CNWAT WEASD SNOD PEVPR:later ICETK CPOFP CPRAT:later PRATE CPRAT:ave PRATE:ave "
     "APCP:acc APCP:run ACPCP:acc ACPCP:run WATR:acc CSNOW CICEP CFRZR CRAIN CSNOW:ave CICEP:ave CFRZR:ave CRAIN:ave "
     "LHTFL:ave SHTFL:ave GFLUX:ave UFLX:ave VFLX:ave SFCR FRICV U-GWD:ave V-GWD:ave VEG SOTYP WILT FLDCP SUNSD LFTX "
     "CAPE CIN DSWRF:ave DLWRF:ave USWRF:ave ULWRF:ave 4LFTX HPBL LAND ICEC ALBDO:ave ICETMP"},
    {"planetary boundary layer", "UGRD VGRD VRATE"},
    {"4000 m above ground", "REFD"},
    {"1000 m above ground", "REFD"},
    {"0-0.1 m below ground", "TSOIL SOILW SOILL"},
    {"0.1-0.4 m below ground", "TSOIL SOILW SOILL"},
    {"0.4-1 m below ground", "TSOIL SOILW SOILL"},
    {"1-2 m below ground", "TSOIL SOILW SOILL"},
    {"2 m above ground", "TMP SPFH DPT RH APTMP TMAX:max TMIN:min"},
    {"10 m above ground", "UGRD VGRD"},
    {"10 m above mean sea level", "ICEG"},
    {"entire atmosphere (considered as a single layer)", "PWAT CWAT RH TOZNE CWORK:ave"},
    {"low cloud layer", "LCDC LCDC:ave"},
    {"middle cloud layer", "MCDC MCDC:ave"},
    {"high cloud layer", "HCDC HCDC:ave"},
    {"cloud ceiling", "HGT"},
    {"convective cloud bottom level", "PRES:later"},
    {"low cloud bottom level", "PRES:ave"},
    {"middle cloud bottom level", "PRES:ave"},
    {"high cloud bottom level", "PRES:ave"},
    {"convective cloud top level", "PRES:later"},
    {"low cloud top level", "PRES:ave TMP:ave"},
    {"middle cloud top level", "PRES:ave TMP:ave"},
    {"high cloud top level", "PRES:ave TMP:ave"},
    {"convective cloud layer", "TCDC:later"},
    {"boundary layer cloud layer", "TCDC:ave"},
    {"top of atmosphere", "USWRF:ave ULWRF:ave"},
    {"3000-0 m above ground", "HLCY"},
    {"6000-0 m above ground", "USTM VSTM"},
    {"tropopause", "PRES ICAHT HGT TMP UGRD VGRD VWSH"},
    {"max wind", "PRES ICAHT HGT UGRD VGRD TMP"},
    {"20 m above ground", "UGRD VGRD"},
    {"30 m above ground", "UGRD VGRD"},
    {"40 m above ground", "UGRD VGRD"},
    {"50 m above ground", "UGRD VGRD"},
    {"80 m above ground", "TMP SPFH PRES UGRD VGRD"},
    {"100 m above ground", "TMP UGRD VGRD"},
    {"1829 m above mean sea level", "TMP UGRD VGRD"},
    {"2743 m above mean sea level", "TMP UGRD VGRD"},
    {"3658 m above mean sea level", "TMP UGRD VGRD"},
    {"0C isotherm", "HGT RH"},
    {"highest tropospheric freezing level", "HGT RH"},
    {"30-0 mb above ground", "TMP RH SPFH UGRD VGRD"},
    {"90-0 mb above ground", "CAPE CIN"},
    {"180-0 mb above ground", "CAPE CIN"},
    {"255-0 mb above ground", "CAPE CIN PLPL"},
    {"0.33-1 sigma layer", "RH"},
    {"0.44-1 sigma layer", "RH"},
    {"0.72-0.94 sigma layer", "RH"},
    {"0.44-0.72 sigma layer", "RH"},
    {"0.995 sigma level", "TMP POT RH UGRD VGRD VVEL"},
    {"PV=2e-06 (Km^2/kg/s) surface", "UGRD VGRD TMP HGT PRES VWSH"},
    {"PV=-2e-06 (Km^2/kg/s) surface", "UGRD VGRD TMP HGT PRES VWSH"},
};

constexpr double millibars[] = {0.01, 0.02, 0.04, 0.07, 0.1, 0.2, 0.4, 0.7, 1,   2,   3,   5,   7,   10,
                                15,   20,   30,   40,   50,  70,  100, 150, 200, 250, 300, 350, 400, 450,
                                500,  550,  600,  650,  700, 750, 800, 850, 900, 925, 950, 975, 1000};

/// At 50 mb and below, but for 70.
bool has_clouds(double millibar) { return millibar >= 50 && millibar != 70; }

struct TimeQualifier {
    std::string_view name;
    int process;
};
constexpr TimeQualifier time_qualifiers[] = {{"ave", 0}, {"acc", 1}, {"run", 1}, {"max", 2}, {"min", 3}};

/// The time of a name with this qualifier, as inventories write it; nothing where an analysis lacks it.
std::optional<std::string> time_of(std::string_view qualifier, int lead) {
    constexpr sys_seconds reference{};
    const sys_seconds end = reference + hours(lead);
    const std::string instant = time_text({.begin = end, .end = end, .process = {}}, reference);
    if (qualifier.empty()) return instant;
    if (lead == 0) return std::nullopt;
    const auto* const known = std::ranges::find(time_qualifiers, qualifier, &TimeQualifier::name);
    if (known == std::end(time_qualifiers)) return instant;
    const int start = qualifier == "run" ? 0 : bucket_start(lead);
    return time_text({.begin = reference + hours(start), .end = end, .process = known->process}, reference);
}

class InventoryBuilder {
public:
    explicit InventoryBuilder(int lead) : lead_(lead) {}

    void add(std::string_view level, std::string_view names) {
        for (const auto& name : freshet::split_trimmed(names, ' ')) {
            const auto parts = freshet::split_trimmed(name, ':');
            const auto time = time_of(parts.size() > 1 ? parts[1] : "", lead_);
            if (!time) continue;
            const int number = static_cast<int>(entries_.size()) + 1;
            // Offsets must ascend; the real ones follow from the messages.
            entries_.push_back({.message = number,
                                .offset = static_cast<std::uint64_t>(number - 1),
                                .name = std::string(parts[0]),
                                .level = std::string(level),
                                .time = *time});
        }
    }
    Inventory inventory() && { return Inventory(std::move(entries_)); }

private:
    int lead_;
    std::vector<Entry> entries_;
};

/// Takes a number off the start of `text`.
std::optional<double> take_number(std::string_view& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// The numbers in `text` if it matches `pattern`, in which {:g} stands for a number.
std::optional<std::vector<double>> match_numbers(std::string_view text, std::string_view pattern) {
    constexpr std::string_view placeholder = "{:g}";
    std::vector<double> numbers;
    while (!pattern.empty()) {
        const auto plain = pattern.substr(0, pattern.find(placeholder));
        if (!text.starts_with(plain)) return std::nullopt;
        text.remove_prefix(plain.size());
        pattern.remove_prefix(plain.size());
        if (pattern.empty()) break;
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        numbers.push_back(*number);
        pattern.remove_prefix(placeholder.size());
    }
    return text.empty() ? std::optional(numbers) : std::nullopt;
}

void parse_level(std::string_view text, ScannedField& field) {
    for (const LevelKind& kind : level_kinds()) {
        for (const auto pattern : {kind.layer_text, kind.text}) {
            const auto numbers = pattern.empty() ? std::nullopt : match_numbers(text, pattern);
            if (!numbers) continue;
            const auto surface = [&](double number) {
                return Surface{.type = kind.type, .value = number * kind.text_scale};
            };
            field.level.first = numbers->empty() ? Surface{.type = kind.type, .value = {}} : surface(numbers->front());
            if (numbers->size() > 1) field.level.second = surface(numbers->back());
            return;
        }
    }
    throw freshet::Error(fmt::format("unknown level '{}'", text));
}

/// Sets the validity relative to the field's reference time.
void parse_time(std::string_view text, ScannedField& field) {
    const auto at = [&](double count, hours unit) { return field.reference_time + static_cast<int>(count) * unit; };
    field.validity = {.begin = field.reference_time, .end = field.reference_time, .process = {}};
    if (text == "anl") return;
    if (const auto instant = match_numbers(text, "{:g} hour fcst")) {
        field.validity.begin = field.validity.end = at(instant->front(), hours(1));
        return;
    }
    constexpr std::string_view processes[] = {"ave", "acc", "max", "min"};  // code table 4.10
    for (int process = 0; process < std::ssize(processes); ++process) {
        for (const auto& [name, unit] : {std::pair("hour", hours(1)), std::pair("day", hours(24))}) {
            const auto span = match_numbers(text, fmt::format("{{:g}}-{{:g}} {} {} fcst", name, processes[process]));
            if (!span) continue;
            field.validity = {.begin = at(span->front(), unit), .end = at(span->back(), unit), .process = process};
            return;
        }
    }
    throw freshet::Error(fmt::format("unknown time '{}'", text));
}

/// Finds a parameter by its abbreviation. Of two with the same one the first is for instants.
GribParameter find_parameter(std::string_view name, bool is_instant) {
    std::optional<GribParameter> found;
    for (const auto& known : CfTable::built_in().names()) {
        if (known.name == name && (!found || !is_instant)) found = known.parameter;
    }
    if (!found) throw freshet::Error(fmt::format("unknown parameter '{}'", name));
    return *found;
}

hours lead_of(const std::vector<ScannedField>& fields) {
    const auto instant =
        std::ranges::find_if(fields, [](const ScannedField& field) { return !field.validity.process; });
    return instant == fields.end() ? hours(0)
                                   : std::chrono::floor<hours>(instant->validity.end - instant->reference_time);
}

}  // namespace

Inventory full_inventory(int lead) {
    InventoryBuilder builder(lead);
    for (const auto& [level, names] : levels) builder.add(level, names);
    for (const double millibar : millibars) {
        const auto level = fmt::format("{:g} mb", millibar);
        builder.add(level, "HGT TMP RH SPFH VVEL DZDT UGRD VGRD ABSV O3MR");
        if (has_clouds(millibar)) builder.add(level, "TCDC CLMR ICMR RWMR SNMR GRLE");
    }
    return std::move(builder).inventory();
}

ScannedField parse_field(const Entry& entry) {
    ScannedField field{.offset = entry.offset, .message = entry.message, .submessage = entry.submessage};
    try {
        parse_time(entry.time, field);
        parse_level(entry.level, field);
        field.parameter = find_parameter(entry.name, !field.validity.process);
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("read line {} of an inventory: {}", entry.message, error.what()));
    }
    return field;
}

std::vector<ScannedField> inventory_fields(const Inventory& inventory, const FileKey& key) {
    std::vector<ScannedField> fields;
    for (const auto& entry : inventory.entries()) fields.push_back(parse_field(entry));
    const hours model_bucket(bucket_start(static_cast<int>(lead_of(fields).count())));
    const sys_seconds time = key.cycle + hours(key.lead);
    std::set<std::string> seen;
    std::vector<ScannedField> adapted;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto field = fields[i];
        if (field.validity.process) {
            if (key.lead == 0) continue;
            // In the first bucket, bucket and run have one span; of two equal lines the second is that of the run.
            const auto& entry = inventory.entries()[i];
            const bool is_repeated = !seen.insert(entry.name + entry.level + entry.time).second;
            const bool is_run = field.validity.begin - field.reference_time < model_bucket || is_repeated;
            field.validity.begin = key.cycle + hours(is_run ? 0 : bucket_start(key.lead));
        } else {
            field.validity.begin = time;
        }
        field.validity.end = time;
        field.reference_time = key.cycle;
        adapted.push_back(field);
    }
    return adapted;
}

}  // namespace gfs::simulator
