// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/area.hpp"
#include "grib/reader.hpp"
#include "netcdf/define_file.hpp"
#include "netcdf/file_layout.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gfs {

/// Writes a field of one of a processor's own variables.
using Emit = std::function<void(std::size_t variable, std::span<const float> values)>;

/// Visitor of a conversion: sees every field on its way into the file, and may add variables of its own.
class FieldProcessor {
public:
    virtual ~FieldProcessor() = default;

    /// Called once before the file is created. May append variables (with `derivation`) and time coordinates to the
    /// layout.
    virtual void plan(FileLayout& layout, const std::vector<Message>& messages) = 0;
    /// Called for each written field, including those of processors; `level` is the index into the variable's messages,
    /// 0 where it has none.
    virtual void process(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& emit) = 0;
};

/// The conversion of one lead's GRIB2 file to one NetCDF file.
struct ConvertRequest {
    std::filesystem::path grib;
    std::filesystem::path netcdf;  ///< an existing file is replaced; the caller stages and publishes it
    DatasetInfo dataset;
    /// Expected content as inventory lines ("TMP:2 m above ground:7 hour fcst"); empty: not checked.
    std::vector<std::string> expected = {};
    UnknownMessages unknown = UnknownMessages::refuse;
    Buckets buckets = Buckets::six_hourly;
    std::optional<Area> area = {};  ///< points outside are left out
    Chunks chunks = Chunks::map;
    Precision precision = Precision::exact;
    std::vector<FieldProcessor*> processors = {};  ///< must outlive the conversion
};

/// One variable of the created file.
struct ConvertedVariable {
    std::string name;
    std::string ncep_name;
    std::vector<std::string> levels;  ///< as wgrib2 writes them
};

/// The result of a conversion, for manifests and logs.
struct Conversion {
    std::size_t fields = 0;
    std::size_t repetitions = 0;  ///< messages that are left out because an earlier one says the same
    std::chrono::sys_seconds reference_time = {};
    std::chrono::sys_seconds time = {};
    std::vector<ConvertedVariable> variables = {};
    std::vector<std::string> missing = {};     ///< expected and not found
    std::vector<std::string> unexpected = {};  ///< found and not expected; empty when not checked
};

/// Converts all messages of a GRIB2 file to one CF NetCDF file, on all cores up to max_conversion_threads, with a few
/// fields for each in memory at a time. Processors are called on this thread. Throws freshet::Error, naming the file
/// and the message, when one cannot be read, understood or written: no message is ever left out, but one that repeats
/// another in every byte.
Conversion convert(const ConvertRequest& request);

/// Converts some messages of an open file; `request.grib` is used in errors only.
Conversion convert(const GribReader& reader, const std::vector<Message>& messages, const ConvertRequest& request);

}  // namespace gfs
