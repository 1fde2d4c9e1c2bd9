// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/area.hpp"
#include "grib/reader.hpp"
#include "netcdf/dataset_info.hpp"
#include "netcdf/unknown.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gfs {

class FieldProcessor;

/// One lead's GRIB2 file to make into one NetCDF file.
struct ConvertRequest {
    std::filesystem::path grib;
    std::filesystem::path netcdf;  ///< what is there is replaced; the caller stages and publishes it
    DatasetInfo dataset;
    /// What should be inside, as NCEP's inventories write it ("TMP:2 m above ground:7 hour fcst"); empty: not checked.
    std::vector<std::string> expected = {};
    UnknownMessages unknown = UnknownMessages::refuse;
    std::optional<Area> area = {};                 ///< what is outside is left out
    std::vector<FieldProcessor*> processors = {};  ///< live longer than the conversion
};

/// What became of one variable.
struct ConvertedVariable {
    std::string name;
    std::string ncep_name;
    std::vector<std::string> levels;  ///< as NCEP's inventories write them
};

/// What a conversion made, for manifests and logs.
struct Conversion {
    std::size_t fields = 0;
    std::chrono::sys_seconds reference_time = {};
    std::chrono::sys_seconds time = {};
    std::vector<ConvertedVariable> variables = {};
    std::vector<std::string> missing = {};     ///< expected and not found
    std::vector<std::string> unexpected = {};  ///< found and not expected; only where something was expected
};

/// Makes one CF NetCDF file of all messages of a GRIB2 file. Holds one field in memory at a time. Throws
/// freshet::Error, naming the file and the message, when something cannot be read, understood or written: no message
/// is ever left out.
Conversion convert(const ConvertRequest& request);

/// The same for some messages of a file that is open, whatever `request.grib` names.
Conversion convert(GribReader& reader, const std::vector<Message>& messages, const ConvertRequest& request);

/// The lines of an inventory of the file, in its order.
std::vector<std::string> list_messages(const std::filesystem::path& grib);

}  // namespace gfs
