// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/convert.hpp"

#include "grib/area.hpp"
#include "grib/level_kinds.hpp"
#include "netcdf/inventory_lines.hpp"
#include "netcdf/job_threads.hpp"
#include "netcdf/writer.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

void plan_rounding(FileLayout& layout, const std::vector<Message>& messages) {
    for (Variable& variable : layout.variables)
        for (const std::size_t index : variable.messages)
            variable.rounding_steps.push_back(index == no_message ? 0 : rounding_step(messages[index].packing_step));
}

// Every message must be on the grid of the first, from which the area is cut.
FileLayout layout_of(const GribReader& reader, const std::vector<Message>& messages, const ConvertRequest& request,
                     std::optional<Crop>& crop) {
    try {
        FileLayout layout = plan_layout(
            messages, CfTable::built_in(),
            {.unknown = request.unknown,
             .buckets = request.buckets,
             .are_equal = [&](const Message& one, const Message& other) { return reader.are_equal(one, other); },
             .eccodes_names = [&](const Message& message) { return reader.eccodes_names(message); }});
        crop.emplace(layout.grid, request.area);
        layout.grid = crop->grid();
        layout.chunks = request.chunks;
        layout.precision = request.precision;
        if (request.precision == Precision::packing) plan_rounding(layout, messages);
        for (FieldProcessor* processor : request.processors) processor->plan(layout, messages);
        return layout;
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("converting '{}': {}", request.grib.string(), error.what()));
    }
}

ConvertedVariable describe_variable(const Variable& variable, const std::vector<Message>& messages) {
    ConvertedVariable description{.name = variable.name, .ncep_name = variable.cf.ncep_name, .levels = {}};
    if (variable.messages.empty()) description.levels.push_back(level_text(variable.level));
    for (const std::size_t index : variable.messages) {
        if (index == no_message) continue;
        std::string level = level_text(messages[index].level);
        if (std::ranges::find(description.levels, level) == description.levels.end())
            description.levels.push_back(std::move(level));
    }
    return description;
}

/// Buffers for fields, which are used again: fresh memory costs as much as decoding.
class SpareBuffers {
public:
    std::vector<float> take() {
        const std::lock_guard lock(mutex_);
        if (buffers_.empty()) return {};
        std::vector<float> buffer = std::move(buffers_.back());
        buffers_.pop_back();
        return buffer;
    }

    void give_back(std::vector<float> buffer) {
        const std::lock_guard lock(mutex_);
        buffers_.push_back(std::move(buffer));
    }

private:
    std::mutex mutex_;
    std::vector<std::vector<float>> buffers_;
};

/// Decodes and encodes fields on all cores, passes them to the processors, which may add fields of their own, and
/// writes them, both on this thread and in the order in which they were added: the same fields give the same bytes.
class FieldPipeline {
public:
    FieldPipeline(const GribReader& reader, const Crop& crop, const FileLayout& layout, NetcdfWriter& writer,
                  const std::vector<FieldProcessor*>& processors)
        : reader_(reader), crop_(crop), layout_(layout), writer_(writer), processors_(processors) {}

    void add(std::size_t variable, std::size_t level, const Message& message) {
        constexpr std::size_t fields_per_thread = 2;
        if (begun_.size() == fields_per_thread * threads_.size()) complete_oldest();
        begun_.push_back(threads_.add([this, variable, level, &message] {
            std::vector<float> values = spare_.take();
            reader_.decode(message, fill_value, values);
            values = crop_.apply(std::move(values));
            EncodedField encoded = encode_field(layout_, variable, level, values);
            return Field{std::move(values), std::move(encoded)};
        }));
    }

    void finish() {
        while (!begun_.empty()) complete_oldest();
    }

private:
    struct Field {
        std::vector<float> values;
        EncodedField encoded;
    };

    void complete_oldest() {
        Field field = begun_.front().get();
        begun_.pop_front();
        write_and_process(field.encoded, field.values);
        spare_.give_back(std::move(field.values));
    }

    void write_and_process(const EncodedField& encoded, std::span<const float> values) {
        writer_.write(encoded);
        for (FieldProcessor* processor : processors_)
            processor->process(encoded.checksum.variable, encoded.checksum.level, values,
                               [this](auto derived, auto derived_values) { add_derived(derived, derived_values); });
    }

    void add_derived(std::size_t variable, std::span<const float> values) {
        const EncodedField encoded =
            threads_.add_first([&] { return encode_field(layout_, variable, 0, values); }).get();
        write_and_process(encoded, values);
    }

    const GribReader& reader_;
    const Crop& crop_;
    const FileLayout& layout_;
    NetcdfWriter& writer_;
    const std::vector<FieldProcessor*>& processors_;
    SpareBuffers spare_;
    std::deque<std::future<Field>> begun_;
    JobThreads threads_{conversion_threads()};  // ends before what its jobs use
};

}  // namespace

Conversion convert(const ConvertRequest& request) {
    const GribReader reader(request.grib);
    return convert(reader, reader.messages(), request);
}

Conversion convert(const GribReader& reader, const std::vector<Message>& messages, const ConvertRequest& request) {
    std::optional<Crop> crop;
    const FileLayout layout = layout_of(reader, messages, request, crop);
    NetcdfWriter writer(request.netcdf, layout, messages, request.dataset);
    FieldPipeline pipeline(reader, *crop, layout, writer, request.processors);
    Conversion conversion{
        .repetitions = layout.repetitions, .reference_time = layout.reference_time, .time = layout.time};
    for (std::size_t variable = 0; variable < layout.variables.size(); ++variable) {
        const Variable& planned = layout.variables[variable];
        for (std::size_t level = 0; level < planned.messages.size(); ++level) {
            if (planned.messages[level] == no_message) continue;
            pipeline.add(variable, level, messages[planned.messages[level]]);
            ++conversion.fields;
        }
        conversion.variables.push_back(describe_variable(planned, messages));
    }
    pipeline.finish();
    writer.close();
    if (!request.expected.empty()) {
        InventoryDiff found = diff_inventory(request.expected, messages);
        conversion.missing = std::move(found.missing);
        conversion.unexpected = std::move(found.unexpected);
    }
    return conversion;
}

}  // namespace gfs
