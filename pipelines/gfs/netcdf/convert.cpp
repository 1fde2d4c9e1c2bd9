// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"

#include "grib/crop.hpp"
#include "netcdf/companion.hpp"
#include "netcdf/expectation.hpp"
#include "netcdf/layout.hpp"
#include "netcdf/levels.hpp"
#include "netcdf/writer.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

// Every message must be on the grid of the first, which is what is cut.
Layout layout_of(const std::vector<Message>& messages, const ConvertRequest& request, std::optional<Crop>& crop) {
    try {
        Layout layout = plan_layout(messages, CfTable::built_in(), request.unknown);
        crop.emplace(layout.grid, request.area);
        layout.grid = crop->grid();
        for (Companion* companion : request.companions) companion->plan(layout, messages);
        return layout;
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("converting '{}': {}", request.grib.string(), error.what()));
    }
}

ConvertedVariable facts_of(const Variable& variable, const std::vector<Message>& messages) {
    ConvertedVariable facts{.name = variable.name, .ncep_name = variable.cf.ncep_name, .levels = {}};
    if (variable.messages.empty()) facts.levels.push_back(inventory_text(variable.level));
    for (const std::size_t index : variable.messages) facts.levels.push_back(inventory_text(messages[index].level));
    return facts;
}

std::vector<std::string> lines_of(const std::vector<Message>& messages) {
    std::vector<std::string> lines;
    for (const Message& message : messages) lines.push_back(inventory_line(message, CfTable::built_in()));
    return lines;
}

/// Where fields go: into the file, and past the companions, who may have fields of their own for it.
class Way {
public:
    Way(NetcdfWriter& writer, const std::vector<Companion*>& companions) : writer_(writer), companions_(companions) {}

    void pass(std::size_t variable, std::size_t level, std::span<const float> values) const {
        writer_.write(variable, level, values);
        for (Companion* companion : companions_)
            companion->see(variable, level, values, [this](auto own, auto its_values) { pass(own, 0, its_values); });
    }

private:
    NetcdfWriter& writer_;
    const std::vector<Companion*>& companions_;
};

}  // namespace

Conversion convert(const ConvertRequest& request) {
    GribReader reader(request.grib);
    return convert(reader, reader.messages(), request);
}

Conversion convert(GribReader& reader, const std::vector<Message>& messages, const ConvertRequest& request) {
    std::optional<Crop> crop;
    const Layout layout = layout_of(messages, request, crop);
    NetcdfWriter writer(request.netcdf, layout, messages, request.dataset);
    const Way way(writer, request.companions);
    Conversion conversion{.reference_time = layout.reference_time, .time = layout.time};
    for (std::size_t variable = 0; variable < layout.variables.size(); ++variable) {
        const Variable& planned = layout.variables[variable];
        for (std::size_t level = 0; level < planned.messages.size(); ++level) {
            way.pass(variable, level, crop->part_of(reader.values(messages[planned.messages[level]], fill_value)));
            ++conversion.fields;
        }
        conversion.variables.push_back(facts_of(planned, messages));
    }
    writer.close();
    if (!request.expected.empty()) {
        Difference found = difference(request.expected, messages);
        conversion.missing = std::move(found.missing);
        conversion.unexpected = std::move(found.unexpected);
    }
    return conversion;
}

std::vector<std::string> list_messages(const std::filesystem::path& grib) {
    return lines_of(GribReader(grib).messages());
}

}  // namespace gfs
