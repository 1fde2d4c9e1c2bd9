// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/writer.hpp"

#include "grib/sections.hpp"
#include "netcdf/chunk_file.hpp"
#include "netcdf/horizontal_coordinates.hpp"
#include "netcdf/job_threads.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libdeflate.h>
#include <netcdf.h>
#include <netcdf>

#include <algorithm>
#include <functional>
#include <set>

namespace gfs {

namespace {

/// The checksums of a field, without that of its chunk.
FieldChecksum field_checksum(std::size_t variable, std::size_t level, std::span<const float> values) {
    return {.variable = variable,
            .level = level,
            .values_checksum = libdeflate_crc32(0, values.data(), values.size_bytes())};
}

/// Compares a finished file with its plan.
class FileVerifier {
public:
    FileVerifier(const std::filesystem::path& path, const FileLayout& layout)
        : layout_(layout), file_(path.string(), netCDF::NcFile::read) {}

    void check(const std::vector<FieldChecksum>& fields) {
        for (const CoordinateValues& each : horizontal_coordinate_values(layout_.grid)) check_coordinate(each);
        for (const TimeCoordinate& each : layout_.times) {
            const auto begin = static_cast<double>(each.begin.time_since_epoch().count());
            const auto end = static_cast<double>(each.end.time_since_epoch().count());
            check_coordinate({.name = each.name, .values = {end}});
            if (each.period != TimePeriod::instant)
                check_coordinate({.name = each.name + "_bnds", .values = {begin, end}});
        }
        for (const Axis& axis : layout_.axes) {
            CoordinateValues expected{.name = axis.name, .values = {}};
            for (const AxisValue& each : axis.values) expected.values.push_back(each.value);
            check_coordinate(expected);
        }
        for (const Variable& variable : layout_.variables) check_dimensions(variable);
        check_count(fields);
        std::set<std::vector<std::string>> shapes_seen;
        for (const FieldChecksum& field : fields)
            if (shapes_seen.insert(dimensions_of(layout_.variables[field.variable])).second) check_values(field);
    }

private:
    netCDF::NcVar variable(const std::string& name) const {
        netCDF::NcVar found = file_.getVar(name);
        if (found.isNull()) throw freshet::Error(fmt::format("'{}' is missing", name));
        return found;
    }

    void check_coordinate(const CoordinateValues& expected) const {
        const netCDF::NcVar found = variable(expected.name);
        std::size_t size = 1;
        for (const netCDF::NcDim& dimension : found.getDims()) size *= dimension.getSize();
        std::vector<double> values(size);
        found.getVar(values.data());
        if (values != expected.values) throw freshet::Error(fmt::format("'{}' has unexpected values", expected.name));
        if (found.getDimCount() != 1) return;
        const bool is_monotonic =
            std::adjacent_find(values.begin(), values.end(), std::less_equal<>()) == values.end() ||
            std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
        if (!is_monotonic) throw freshet::Error(fmt::format("'{}' is not monotonic", expected.name));
    }

    std::vector<std::string> dimensions_of(const Variable& planned) const {
        std::vector<std::string> names{"time"};
        for (const std::size_t axis : planned.axes)
            if (layout_.axes[axis].is_dimension()) names.push_back(layout_.axes[axis].name);
        const auto [rows, columns] = horizontal_dimension_names(layout_.grid);
        names.insert(names.end(), {rows, columns});
        return names;
    }

    void check_dimensions(const Variable& planned) const {
        const std::vector<std::string> expected = dimensions_of(planned);
        std::vector<std::string> found;
        for (const netCDF::NcDim& dimension : variable(planned.name).getDims()) found.push_back(dimension.getName());
        if (found != expected)
            throw freshet::Error(fmt::format("'{}' lies on {} instead of {}", planned.name, fmt::join(found, ", "),
                                             fmt::join(expected, ", ")));
    }

    void check_count(const std::vector<FieldChecksum>& fields) const {
        std::size_t planned = 0;
        for (const Variable& variable : layout_.variables) {
            const auto absent = static_cast<std::size_t>(std::ranges::count(variable.messages, no_message));
            planned += std::max<std::size_t>(1, variable.messages.size()) - absent;
        }
        if (fields.size() != planned)
            throw freshet::Error(fmt::format("{} fields were written instead of {}", fields.size(), planned));
    }

    void check_values(const FieldChecksum& written) const {
        const Variable& planned = layout_.variables[written.variable];
        const std::vector<std::size_t> start = chunk_start(layout_, planned, written.level);
        std::vector<std::size_t> count(start.size(), 1);
        count[count.size() - 2] = static_cast<std::size_t>(layout_.grid.rows);
        count[count.size() - 1] = static_cast<std::size_t>(layout_.grid.columns);
        std::vector<float> values(layout_.grid.size());
        variable(planned.name).getVar(start, count, values.data());
        const FieldChecksum found = field_checksum(written.variable, written.level, values);
        if (found.values_checksum != written.values_checksum) {
            throw freshet::Error(
                fmt::format("'{}', level {}: values differ from those written", planned.name, written.level));
        }
    }

    const FileLayout& layout_;
    netCDF::NcFile file_;
};

std::uint32_t stored_checksum(const FileReader& file, const std::vector<StoredChunk>& chunks) {
    thread_local std::vector<unsigned char> bytes;  // of each chunk in turn
    std::uint32_t checksum = 0;
    for (const StoredChunk& chunk : chunks) {
        bytes.resize(chunk.size);
        file.read_to(bytes.data(), chunk.offset, chunk.size);
        checksum = libdeflate_crc32(checksum, bytes.data(), bytes.size());
    }
    return checksum;
}

// HDF5 tells where the chunks are; all cores read them.
void check_chunks(const std::filesystem::path& path, const FileLayout& layout,
                  const std::vector<FieldChecksum>& fields) {
    ChunkFile file(path, ChunkFile::Access::read);
    const FileReader bytes(path);
    const std::vector<Tile> tiles = field_tiles(layout.grid, layout.chunks);
    std::vector<std::future<std::uint32_t>> found;
    JobThreads threads(std::max(1U, std::thread::hardware_concurrency()));
    for (const FieldChecksum& field : fields) {
        const Variable& planned = layout.variables[field.variable];
        std::vector<StoredChunk> chunks;
        for (const Tile& tile : tiles)
            chunks.push_back(file.find(planned.name, chunk_start(layout, planned, field.level, tile)));
        found.push_back(threads.add([&, chunks = std::move(chunks)] { return stored_checksum(bytes, chunks); }));
    }
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (found[i].get() != fields[i].stored_checksum)
            throw freshet::Error(fmt::format("'{}', level {}: the stored chunk differs from the one written",
                                             layout.variables[fields[i].variable].name, fields[i].level));
}

// Points beyond the grid are missing.
std::vector<float> cut_tile(std::span<const float> values, const Grid& grid, const Tile& tile) {
    const auto rows = static_cast<std::size_t>(grid.rows), columns = static_cast<std::size_t>(grid.columns);
    const std::size_t width = std::min(tile.columns, columns - tile.column);
    std::vector<float> cut(tile.rows * tile.columns, fill_value);
    for (std::size_t row = 0; row < std::min(tile.rows, rows - tile.row); ++row)
        std::ranges::copy(values.subspan((tile.row + row) * columns + tile.column, width),
                          cut.begin() + static_cast<std::ptrdiff_t>(row * tile.columns));
    return cut;
}

// HDF5 opens the file after netCDF has closed it: both at once would damage it.
ChunkFile create_file(const std::filesystem::path& path, const FileLayout& layout, const std::vector<Message>& messages,
                      const DatasetInfo& info) {
    define_file(path, layout, messages, info);
    return ChunkFile(path);
}

}  // namespace

EncodedField encode_field(const FileLayout& layout, std::size_t variable, std::size_t level,
                          std::span<const float> values) {
    thread_local std::vector<float> rounded;  // of each field in turn
    if (const std::vector<double>& steps = layout.variables[variable].rounding_steps; !steps.empty())
        values = round_values(values, steps.at(level), rounded);
    const auto encode = layout.variables[variable].is_shuffled() ? &shuffle_and_deflate : &deflate_words;
    EncodedField field{.chunks = {}, .checksum = field_checksum(variable, level, values)};
    for (const Tile& tile : field_tiles(layout.grid, layout.chunks)) {
        const bool is_whole = layout.chunks == Chunks::map;
        field.chunks.push_back(encode(is_whole ? values : cut_tile(values, layout.grid, tile)));
        field.checksum.stored_checksum =
            libdeflate_crc32(field.checksum.stored_checksum, field.chunks.back().data(), field.chunks.back().size());
    }
    return field;
}

std::vector<std::size_t> chunk_start(const FileLayout& layout, const Variable& variable, std::size_t message,
                                     const Tile& tile) {
    std::vector<std::size_t> start = layout.position(variable, message);
    start.insert(start.begin(), 0);
    start.insert(start.end(), {tile.row, tile.column});
    return start;
}

void verify_file(const std::filesystem::path& path, const FileLayout& layout,
                 const std::vector<FieldChecksum>& fields) {
    try {
        FileVerifier(path, layout).check(fields);
        check_chunks(path, layout, fields);
    } catch (const netCDF::exceptions::NcException& error) {
        throw freshet::Error(fmt::format("verifying '{}': {}", path.string(), nc_strerror(error.errorCode())));
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("verifying '{}': {}", path.string(), error.what()));
    }
}

NetcdfWriter::NetcdfWriter(const std::filesystem::path& path, const FileLayout& layout,
                           const std::vector<Message>& messages, const DatasetInfo& info)
    : path_(path), layout_(layout), chunks_(create_file(path, layout, messages, info)) {}

void NetcdfWriter::write(const EncodedField& field) {
    const Variable& planned = layout_.variables[field.checksum.variable];
    const std::vector<Tile> tiles = field_tiles(layout_.grid, layout_.chunks);
    for (std::size_t i = 0; i < tiles.size(); ++i)
        chunks_.write(planned.name, chunk_start(layout_, planned, field.checksum.level, tiles[i]), field.chunks[i]);
    checksums_.push_back(field.checksum);
}

void NetcdfWriter::close() {
    chunks_.close();
    verify_file(path_, layout_, checksums_);
}

}  // namespace gfs
