// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/chunk_file.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gfs {

/// The types of variables in a virtual file.
enum class NumberType { integer, real, double_real };

/// A part of a variable that lies in another file.
struct VirtualPart {
    std::string file;                       ///< relative to the folder of the virtual file
    std::vector<std::uint64_t> shape = {};  ///< of the variable of that name there
    std::vector<std::uint64_t> from = {};   ///< its first point there
    std::vector<std::uint64_t> to = {};     ///< that point's place in the virtual variable
    std::vector<std::uint64_t> count = {};  ///< number of points in each dimension
};

/// A netCDF-4 file under construction whose variables may lie in other files (HDF5's virtual datasets). netCDF reads
/// such files and cannot make them. The same calls give the same bytes. Failures throw freshet::Error with the path and
/// the variable.
class VirtualFile {
public:
    /// Replaces an existing file.
    explicit VirtualFile(const std::filesystem::path& path);

    /// Defines a dimension without a coordinate.
    void add_dimension(const std::string& name, std::uint64_t size);
    /// Defines a dimension with the values of its coordinate.
    void add_coordinate(const std::string& name, const std::vector<double>& values, bool is_unlimited);
    /// Defines a variable on defined dimensions (a scalar on none) that lies in this file.
    void add_numbers(const std::string& name, const std::vector<std::string>& dimensions, NumberType type,
                     const std::vector<double>& values);
    /// Defines a variable made of parts; what no part covers is netCDF's default fill value of the type.
    void add_virtual(const std::string& name, const std::vector<std::string>& dimensions, NumberType type,
                     const std::vector<VirtualPart>& parts);

    /// Copies the attributes of a variable, of the file when `from` is empty, out of a netCDF-4 file, except those
    /// named in `without` and those of netCDF's own bookkeeping. `to` is a variable here, or empty.
    void copy_attributes(const std::filesystem::path& file, const std::string& from, const std::string& to,
                         const std::set<std::string>& without = {});
    /// Writes a text attribute of a variable, of the file when `variable` is empty.
    void put_text(const std::string& variable, const std::string& name, const std::string& text);
    /// Marks missing values of a variable of doubles.
    void put_fill_value(const std::string& variable);

    void close();

private:
    struct Dimension {
        HdfHandle scale;
        std::uint64_t size;
    };

    HdfHandle create(const std::string& name, NumberType type, const std::vector<std::string>& dimensions,
                     const HdfHandle& properties);
    void write_values(const HdfHandle& variable, const std::string& name, const std::vector<double>& values) const;
    void keep_scale(const std::string& name, HdfHandle variable, std::uint64_t size, const std::string& label);
    const HdfHandle& opened(const std::filesystem::path& file);
    void check(bool is_done, const std::string& what) const;

    std::filesystem::path path_;
    HdfHandle file_;
    std::map<std::string, Dimension> dimensions_;
    std::map<std::filesystem::path, HdfHandle> read_files_;
};

/// Returns the files that the parts of each of these variables of a virtual file lie in, none for a variable that has
/// no parts. Opens none of them. Throws freshet::Error with the path.
std::vector<std::set<std::string>> virtual_sources(const std::filesystem::path& path,
                                                   const std::vector<std::string>& variables);

}  // namespace gfs
