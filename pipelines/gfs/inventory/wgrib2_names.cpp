// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/wgrib2_names.hpp"

#include "grib/level_kinds.hpp"
#include "grib/product_codes.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {
namespace {

constexpr ParameterName names[] = {
    {{0, 0, 0}, "TMP"},      {{0, 0, 2}, "POT"},     {{0, 0, 4}, "TMAX"},     {{0, 0, 5}, "TMIN"},
    {{0, 0, 6}, "DPT"},      {{0, 0, 10}, "LHTFL"},  {{0, 0, 11}, "SHTFL"},   {{0, 0, 21}, "APTMP"},
    {{0, 1, 0}, "SPFH"},     {{0, 1, 1}, "RH"},      {{0, 1, 3}, "PWAT"},     {{0, 1, 7}, "PRATE"},
    {{0, 1, 8}, "APCP"},     {{0, 1, 10}, "ACPCP"},  {{0, 1, 11}, "SNOD"},    {{0, 1, 13}, "WEASD"},
    {{0, 1, 22}, "CLMR"},    {{0, 1, 23}, "ICMR"},   {{0, 1, 24}, "RWMR"},    {{0, 1, 25}, "SNMR"},
    {{0, 1, 32}, "GRLE"},    {{0, 1, 37}, "CPRAT"},  {{0, 1, 39}, "CPOFP"},   {{0, 1, 192}, "CRAIN"},
    {{0, 1, 193}, "CFRZR"},  {{0, 1, 194}, "CICEP"}, {{0, 1, 195}, "CSNOW"},  {{0, 1, 196}, "CPRAT"},
    {{0, 1, 200}, "PEVPR"},  {{0, 2, 2}, "UGRD"},    {{0, 2, 3}, "VGRD"},     {{0, 2, 8}, "VVEL"},
    {{0, 2, 9}, "DZDT"},     {{0, 2, 10}, "ABSV"},   {{0, 2, 17}, "UFLX"},    {{0, 2, 18}, "VFLX"},
    {{0, 2, 22}, "GUST"},    {{0, 2, 192}, "VWSH"},  {{0, 2, 194}, "USTM"},   {{0, 2, 195}, "VSTM"},
    {{0, 2, 197}, "FRICV"},  {{0, 2, 224}, "VRATE"}, {{0, 3, 0}, "PRES"},     {{0, 3, 1}, "PRMSL"},
    {{0, 3, 3}, "ICAHT"},    {{0, 3, 5}, "HGT"},     {{0, 3, 192}, "MSLET"},  {{0, 3, 9}, "GPA"},
    {{0, 3, 193}, "5WAVH"},  {{0, 3, 194}, "U-GWD"}, {{0, 3, 195}, "V-GWD"},  {{0, 3, 196}, "HPBL"},
    {{0, 3, 197}, "5WAVA"},  {{0, 3, 200}, "PLPL"},  {{0, 4, 192}, "DSWRF"},  {{0, 4, 193}, "USWRF"},
    {{0, 5, 192}, "DLWRF"},  {{0, 5, 193}, "ULWRF"}, {{0, 6, 1}, "TCDC"},     {{0, 6, 3}, "LCDC"},
    {{0, 6, 4}, "MCDC"},     {{0, 6, 5}, "HCDC"},    {{0, 6, 6}, "CWAT"},     {{0, 6, 193}, "CWORK"},
    {{0, 6, 201}, "SUNSD"},  {{0, 7, 6}, "CAPE"},    {{0, 7, 7}, "CIN"},      {{0, 7, 8}, "HLCY"},
    {{0, 7, 192}, "LFTX"},   {{0, 7, 193}, "4LFTX"}, {{0, 14, 0}, "TOZNE"},   {{0, 14, 192}, "O3MR"},
    {{0, 16, 195}, "REFD"},  {{0, 16, 196}, "REFC"}, {{0, 19, 0}, "VIS"},     {{0, 19, 1}, "ALBDO"},
    {{0, 19, 234}, "ICSEV"}, {{2, 0, 0}, "LAND"},    {{2, 0, 1}, "SFCR"},     {{2, 0, 2}, "TSOIL"},
    {{2, 0, 4}, "VEG"},      {{2, 0, 5}, "WATR"},    {{2, 0, 192}, "SOILW"},  {{2, 0, 193}, "GFLUX"},
    {{2, 0, 196}, "CNWAT"},  {{2, 0, 201}, "WILT"},  {{2, 3, 0}, "SOTYP"},    {{2, 0, 218}, "LANDN"},
    {{2, 3, 192}, "SOILL"},  {{2, 3, 203}, "FLDCP"}, {{2, 4, 2}, "HINDEX"},   {{10, 2, 0}, "ICEC"},
    {{10, 2, 1}, "ICETK"},   {{10, 2, 6}, "ICEG"},   {{10, 2, 8}, "ICETMP"},  {{0, 2, 0}, "WDIR"},
    {{0, 2, 1}, "WIND"},     {{10, 0, 3}, "HTSGW"},  {{10, 0, 4}, "WVDIR"},   {{10, 0, 5}, "WVHGT"},
    {{10, 0, 6}, "WVPER"},   {{10, 0, 7}, "SWDIR"},  {{10, 0, 8}, "SWELL"},   {{10, 0, 9}, "SWPER"},
    {{10, 0, 10}, "DIRPW"},  {{10, 0, 11}, "PERPW"}, {{3, 192, 0}, "SBT122"}, {{3, 192, 1}, "SBT123"},
    {{3, 192, 2}, "SBT124"},
};

}  // namespace

std::span<const ParameterName> parameter_names() { return names; }

std::string parameter_name(const GribParameter& parameter) {
    const auto* const found = std::ranges::find(names, parameter, &ParameterName::parameter);
    if (found != std::end(names)) return std::string(found->name);
    return fmt::format("var discipline={} center=7 local_table=1 parmcat={} parm={}", parameter.discipline,
                       parameter.category, parameter.number);
}

Inventory inventory_of(const std::vector<ScannedField>& fields) {
    std::vector<Entry> entries;
    for (const auto& field : fields) {
        entries.push_back({.message = field.message,
                           .submessage = field.submessage,
                           .offset = field.offset,
                           .reference_time = fmt::format("{:%Y%m%d%H}", field.reference_time),
                           .name = parameter_name(field.parameter),
                           .level = level_text(field.level),
                           .time = time_text(field.validity, field.reference_time),
                           .remarks = product_text(field.traits)});
    }
    return Inventory(std::move(entries));
}

}  // namespace gfs
