// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/wgrib2_names.hpp"

#include "grib/level_kinds.hpp"
#include "inventory/parameter_names.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace gfs {
std::string parameter_name(const GribParameter& parameter) {
    const auto names = parameter_names();
    const auto found = std::ranges::find(names, parameter, &ParameterName::parameter);
    if (found != names.end()) return std::string(found->name);
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
                           .time = time_text(field.validity, field.reference_time)});
    }
    return Inventory(std::move(entries));
}

}  // namespace gfs
