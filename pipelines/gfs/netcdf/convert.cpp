// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"

#include "grib/area.hpp"
#include "grib/level_kinds.hpp"
#include "netcdf/inventory_lines.hpp"
#include "netcdf/writer.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

namespace gfs {

namespace {

// Every message must be on the grid of the first, from which the area is cut.
FileLayout layout_of(const std::vector<Message>& messages, const ConvertRequest& request, std::optional<Crop>& crop) {
    try {
        FileLayout layout = plan_layout(messages, CfTable::built_in(), request.unknown, request.buckets);
        crop.emplace(layout.grid, request.area);
        layout.grid = crop->grid();
        for (FieldProcessor* processor : request.processors) processor->plan(layout, messages);
        return layout;
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("converting '{}': {}", request.grib.string(), error.what()));
    }
}

ConvertedVariable describe_variable(const Variable& variable, const std::vector<Message>& messages) {
    ConvertedVariable description{.name = variable.name, .ncep_name = variable.cf.ncep_name, .levels = {}};
    if (variable.messages.empty()) description.levels.push_back(level_text(variable.level));
    for (const std::size_t index : variable.messages) description.levels.push_back(level_text(messages[index].level));
    return description;
}

/// Writes fields and passes them to the processors, which may add fields of their own.
class FieldPipeline {
public:
    FieldPipeline(NetcdfWriter& writer, const std::vector<FieldProcessor*>& processors)
        : writer_(writer), processors_(processors) {}

    void process(std::size_t variable, std::size_t level, std::span<const float> values) const {
        writer_.write(variable, level, values);
        for (FieldProcessor* processor : processors_)
            processor->process(variable, level, values,
                               [this](auto derived, auto derived_values) { process(derived, 0, derived_values); });
    }

private:
    NetcdfWriter& writer_;
    const std::vector<FieldProcessor*>& processors_;
};

}  // namespace

Conversion convert(const ConvertRequest& request) {
    GribReader reader(request.grib);
    return convert(reader, reader.messages(), request);
}

Conversion convert(GribReader& reader, const std::vector<Message>& messages, const ConvertRequest& request) {
    std::optional<Crop> crop;
    const FileLayout layout = layout_of(messages, request, crop);
    NetcdfWriter writer(request.netcdf, layout, messages, request.dataset);
    const FieldPipeline pipeline(writer, request.processors);
    Conversion conversion{.reference_time = layout.reference_time, .time = layout.time};
    for (std::size_t variable = 0; variable < layout.variables.size(); ++variable) {
        const Variable& planned = layout.variables[variable];
        for (std::size_t level = 0; level < planned.messages.size(); ++level) {
            pipeline.process(variable, level,
                             crop->apply(reader.values(messages[planned.messages[level]], fill_value)));
            ++conversion.fields;
        }
        conversion.variables.push_back(describe_variable(planned, messages));
    }
    writer.close();
    if (!request.expected.empty()) {
        InventoryDiff found = diff_inventory(request.expected, messages);
        conversion.missing = std::move(found.missing);
        conversion.unexpected = std::move(found.unexpected);
    }
    return conversion;
}

}  // namespace gfs
