// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/full_inventory.hpp"

#include "inventory/wgrib2_names.hpp"
#include "simulator/synthetic_fields.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs::simulator {
namespace {

/// Names with a qualifier: over the bucket ("ave", "acc", "max", "min"), since the analysis ("run"), an instant that an
/// analysis lacks ("later").
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

/// The time of a name with this qualifier, in an inventory's words; none where an analysis lacks it.
std::optional<std::string> time_of(std::string_view qualifier, int lead) {
    if (qualifier.empty()) return idx::time_text(lead, {});
    if (lead == 0) return std::nullopt;
    const auto* const known = std::ranges::find(time_qualifiers, qualifier, &TimeQualifier::name);
    if (known == std::end(time_qualifiers)) return idx::time_text(lead, {});
    const int start = qualifier == "run" ? 0 : bucket_start(lead);
    return idx::time_text(start, idx::Statistic{.process = known->process, .end = lead});
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
            // Offsets must rise; the real ones follow from the messages.
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

}  // namespace gfs::simulator
