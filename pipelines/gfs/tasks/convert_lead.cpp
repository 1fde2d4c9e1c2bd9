// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/origin.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gfs {

void ConvertLead::run(freshet::Context& context) const {
    const auto [note, messages] = freshet::inputs(*this);
    const Origin origin = Origin::parse(note.read());
    const std::string resolution = product.substr(product.find('.') + 1);
    output().create([&](const auto& temporary) {
        const Conversion made = convert({.grib = messages.path(),
                                         .netcdf = temporary,
                                         .dataset = {.id = store().dataset(),
                                                     .title = fmt::format("NOAA GFS forecast, {}", resolution),
                                                     .date_created = origin.last_modified,
                                                     .code_version = context.code_version()},
                                         .expected = origin.expected,
                                         .unknown = unknown,
                                         .area = area});
        if (!made.missing.empty())
            throw freshet::Error(fmt::format("convert '{}': the inventory names what the file does not hold: {}",
                                             messages.path().string(), fmt::join(made.missing, "; ")));
        context.log(fmt::format("{} fields in {} variables", made.fields, made.variables.size()));
    });
}

}  // namespace gfs
