// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"

#include "grib/reader.hpp"
#include "netcdf/layout.hpp"
#include "netcdf/levels.hpp"
#include "netcdf/writer.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

Layout layout_of(const GribReader& reader, const ConvertRequest& request) {
    try {
        return plan_layout(reader.messages(), CfTable::built_in());
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("converting '{}': {}", request.grib.string(), error.what()));
    }
}

ConvertedVariable facts_of(const Variable& variable, const std::vector<Message>& messages) {
    ConvertedVariable facts{.name = variable.name, .ncep_name = variable.cf.ncep_name, .levels = {}};
    for (const std::size_t index : variable.messages) facts.levels.push_back(inventory_text(messages[index].level));
    return facts;
}

std::vector<std::string> lines_of(const std::vector<Message>& messages) {
    std::vector<std::string> lines;
    for (const Message& message : messages) lines.push_back(inventory_line(message, CfTable::built_in()));
    return lines;
}

// As multisets: up to 6 h the two sums of precipitation carry the same line.
void compare(std::vector<std::string> expected, std::vector<std::string> found, Conversion& conversion) {
    if (expected.empty()) return;
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                        std::back_inserter(conversion.missing));
    std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                        std::back_inserter(conversion.unexpected));
}

}  // namespace

Conversion convert(const ConvertRequest& request) {
    GribReader reader(request.grib);
    const std::vector<Message>& messages = reader.messages();
    const Layout layout = layout_of(reader, request);
    NetcdfWriter writer(request.netcdf, layout, messages, request.dataset);
    Conversion conversion{.reference_time = layout.reference_time, .time = layout.time};
    for (std::size_t variable = 0; variable < layout.variables.size(); ++variable) {
        const Variable& planned = layout.variables[variable];
        for (std::size_t level = 0; level < planned.messages.size(); ++level) {
            writer.write(variable, level, reader.values(messages[planned.messages[level]], fill_value));
            ++conversion.fields;
        }
        conversion.variables.push_back(facts_of(planned, messages));
    }
    writer.close();
    compare(request.expected, lines_of(messages), conversion);
    return conversion;
}

std::vector<std::string> list_messages(const std::filesystem::path& grib) {
    return lines_of(GribReader(grib).messages());
}

}  // namespace gfs
