// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/verify_file.hpp"

#include "grib/sections.hpp"
#include "netcdf/chunk_file.hpp"
#include "netcdf/horizontal_coordinates.hpp"
#include "netcdf/job_threads.hpp"
#include "netcdf/tiles.hpp"

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

/// Compares a finished file with its plan.
class FileVerifier {
public:
    FileVerifier(const std::filesystem::path& path, const FileLayout& layout)
        : layout_(layout), file_(path.string(), netCDF::NcFile::read) {}

    void check_structure(const std::vector<FieldChecksum>& fields) const {
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
    }

    void check_values(const std::vector<FieldChecksum>& fields) const {
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
        if (values_checksum(values) != written.values_checksum) {
            throw freshet::Error(
                fmt::format("'{}', level {}: values differ from those written", planned.name, written.level));
        }
    }

    const FileLayout& layout_;
    netCDF::NcFile file_;
};

// In pieces that stay in the core's cache.
std::uint32_t stored_checksum(const FileReader& file, const std::vector<StoredChunk>& chunks) {
    thread_local std::vector<unsigned char> piece(std::size_t{1} << 17);
    std::uint32_t checksum = 0;
    for (const StoredChunk& chunk : chunks) {
        for (std::uint64_t done = 0; done < chunk.size; done += piece.size()) {
            const std::size_t size = std::min<std::uint64_t>(piece.size(), chunk.size - done);
            file.read_to(piece.data(), chunk.offset + done, size);
            checksum = libdeflate_crc32(checksum, piece.data(), size);
        }
    }
    return checksum;
}

/// Reads the stored chunks of a finished file on all cores and compares their checksums.
class ChunkVerifier {
public:
    /// Begins with all of them. The arguments must outlive it.
    ChunkVerifier(const std::filesystem::path& path, const FileLayout& layout, const std::vector<FieldChecksum>& fields)
        : layout_(layout), fields_(fields), bytes_(path) {
        ChunkFile file(path, ChunkFile::Access::read);  // tells where the chunks are
        const std::vector<Tile> tiles = field_tiles(layout.grid, layout.chunks);
        for (const FieldChecksum& field : fields) {
            const Variable& planned = layout.variables[field.variable];
            std::vector<StoredChunk> chunks;
            for (const Tile& tile : tiles)
                chunks.push_back(file.find(planned.name, chunk_start(layout, planned, field.level, tile)));
            found_.push_back(
                threads_.add([this, chunks = std::move(chunks)] { return stored_checksum(bytes_, chunks); }));
        }
    }

    void finish() {
        for (std::size_t i = 0; i < fields_.size(); ++i)
            if (found_[i].get() != fields_[i].stored_checksum)
                throw freshet::Error(fmt::format("'{}', level {}: the stored chunk differs from the one written",
                                                 layout_.variables[fields_[i].variable].name, fields_[i].level));
    }

private:
    const FileLayout& layout_;
    const std::vector<FieldChecksum>& fields_;
    FileReader bytes_;
    std::vector<std::future<std::uint32_t>> found_;
    JobThreads threads_{std::max(1U, std::thread::hardware_concurrency())};  // ends before what its jobs use
};

}  // namespace

std::uint32_t values_checksum(std::span<const float> values) {
    return libdeflate_crc32(0, values.data(), values.size_bytes());
}

void verify_file(const std::filesystem::path& path, const FileLayout& layout,
                 const std::vector<FieldChecksum>& fields) {
    try {
        const FileVerifier file(path, layout);
        file.check_structure(fields);
        ChunkVerifier chunks(path, layout, fields);
        file.check_values(fields);
        chunks.finish();
    } catch (const netCDF::exceptions::NcException& error) {
        throw freshet::Error(fmt::format("verifying '{}': {}", path.string(), nc_strerror(error.errorCode())));
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("verifying '{}': {}", path.string(), error.what()));
    }
}

}  // namespace gfs
