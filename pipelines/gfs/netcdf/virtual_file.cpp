// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/virtual_file.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <netcdf.h>

#include <algorithm>
#include <array>
#include <utility>

namespace gfs {

namespace {

/// Attributes that tie a variable to its dimensions: each file has its own.
constexpr std::array<std::string_view, 7> bookkeeping{
    "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties"};

hid_t hdf_type(NumberType type) {
    if (type == NumberType::integer) return H5T_STD_I32LE;
    return type == NumberType::real ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
}

std::vector<hsize_t> hdf_sizes(const std::vector<std::uint64_t>& sizes) { return {sizes.begin(), sizes.end()}; }

HdfHandle make_space(const std::vector<hsize_t>& sizes, const hsize_t* maximum = nullptr) {
    if (sizes.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
    return {H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), maximum), H5Sclose};
}

bool select_block(const HdfHandle& space, const std::vector<std::uint64_t>& start,
                  const std::vector<std::uint64_t>& count) {
    return H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, hdf_sizes(start).data(), nullptr, hdf_sizes(count).data(),
                               nullptr) >= 0;
}

/// Properties of a new variable: attributes keep their order and lie in its header, since an index of them would take
/// more room than all else; no time of making is stored.
HdfHandle variable_properties() {
    HdfHandle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(properties.id(), false);
    H5Pset_attr_creation_order(properties.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    constexpr unsigned most_in_header = 64;
    H5Pset_attr_phase_change(properties.id(), most_in_header, most_in_header / 2);
    return properties;
}

HdfHandle create_netcdf4(const std::filesystem::path& path) {
    const HdfHandle properties(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_link_creation_order(properties.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(properties.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(properties.id(), false);
    const HdfHandle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // Virtual datasets need the formats of HDF5 1.10; readers built with it cannot open later ones.
    H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V110);
    return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, properties.id(), access.id()), H5Fclose};
}

/// HDF5 replaces "%b" in the names of source files.
std::string without_patterns(const std::string& name) {
    std::string text;
    for (const char c : name) text += c == '%' ? "%%" : std::string(1, c);
    return text;
}

/// The inverse of without_patterns().
std::string with_percent_signs(std::string_view text) {
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        name += text[i];
        if (text.substr(i, 2) == "%%") ++i;
    }
    return name;
}

std::set<std::string> sources_of(const HdfHandle& file, const std::string& variable) {
    const HdfHandle opened(H5Dopen2(file.id(), variable.c_str(), H5P_DEFAULT), H5Dclose);
    const HdfHandle properties(H5Dget_create_plist(opened.id()), H5Pclose);
    std::size_t count = 0;
    std::set<std::string> sources;
    if (H5Pget_layout(properties.id()) != H5D_VIRTUAL || H5Pget_virtual_count(properties.id(), &count) < 0) return {};
    for (std::size_t i = 0; i < count; ++i) {
        const auto length = H5Pget_virtual_filename(properties.id(), i, nullptr, 0);
        std::string name(static_cast<std::size_t>(std::max<decltype(length)>(length, 0)), '\0');
        H5Pget_virtual_filename(properties.id(), i, name.data(), name.size() + 1);
        sources.insert(with_percent_signs(name));
    }
    return sources;
}

struct AttributeCopy {
    hid_t to;
    const std::set<std::string>& without;
};

herr_t copy_attribute(hid_t from, const char* name, const H5A_info_t* /*info*/, void* data) {
    const auto& copy = *static_cast<const AttributeCopy*>(data);
    if (copy.without.contains(name) || std::ranges::find(bookkeeping, name) != bookkeeping.end()) return 0;
    const HdfHandle source(H5Aopen(from, name, H5P_DEFAULT), H5Aclose);
    const HdfHandle type(H5Aget_type(source.id()), H5Tclose);
    const HdfHandle space(H5Aget_space(source.id()), H5Sclose);
    std::vector<unsigned char> value(H5Aget_storage_size(source.id()));
    const HdfHandle target(H5Acreate2(copy.to, name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (target.id() < 0 || H5Aread(source.id(), type.id(), value.data()) < 0) return -1;
    return H5Awrite(target.id(), type.id(), value.data());
}

}  // namespace

VirtualFile::VirtualFile(const std::filesystem::path& path) : path_(path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures are reported by exceptions
    H5dont_atexit();
    file_ = create_netcdf4(path);
    check(file_.id() >= 0, "the header");
}

void VirtualFile::check(bool is_done, const std::string& what) const {
    if (is_done) return;
    throw freshet::Error(
        fmt::format("write {} of '{}': {}", what, path_.string(), write_error_reason(path_, "HDF5 gives no reason")));
}

void VirtualFile::keep_scale(const std::string& name, HdfHandle variable, std::uint64_t size,
                             const std::string& label) {
    check(H5DSset_scale(variable.id(), label.c_str()) >= 0, "'" + name + "'");
    dimensions_.emplace(name, Dimension{std::move(variable), size});
}

void VirtualFile::add_dimension(const std::string& name, std::uint64_t size) {
    const HdfHandle properties = variable_properties();
    const HdfHandle space = make_space({size});
    HdfHandle variable(
        H5Dcreate2(file_.id(), name.c_str(), H5T_IEEE_F32BE, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
        H5Dclose);
    check(variable.id() >= 0, "'" + name + "'");
    // netCDF's mark of a dimension that has no variable.
    keep_scale(name, std::move(variable), size,
               fmt::format("This is a netCDF dimension but not a netCDF variable.{:10}", size));
}

void VirtualFile::add_coordinate(const std::string& name, const std::vector<double>& values, bool is_unlimited) {
    const HdfHandle properties = variable_properties();
    const hsize_t size = values.size();
    const hsize_t maximum = is_unlimited ? H5S_UNLIMITED : size;
    if (is_unlimited) H5Pset_chunk(properties.id(), 1, &size);
    const HdfHandle space = make_space({size}, &maximum);
    HdfHandle variable(H5Dcreate2(file_.id(), name.c_str(), hdf_type(NumberType::double_real), space.id(), H5P_DEFAULT,
                                  properties.id(), H5P_DEFAULT),
                       H5Dclose);
    check(variable.id() >= 0, "'" + name + "'");
    write_values(variable, name, values);
    keep_scale(name, std::move(variable), size, name);
}

HdfHandle VirtualFile::create(const std::string& name, NumberType type, const std::vector<std::string>& dimensions,
                              const HdfHandle& properties) {
    std::vector<hsize_t> sizes;
    for (const std::string& dimension : dimensions) sizes.push_back(dimensions_.at(dimension).size);
    const HdfHandle space = make_space(sizes);
    HdfHandle variable(
        H5Dcreate2(file_.id(), name.c_str(), hdf_type(type), space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT),
        H5Dclose);
    check(variable.id() >= 0, "'" + name + "'");
    for (std::size_t i = 0; i < dimensions.size(); ++i)
        check(H5DSattach_scale(variable.id(), dimensions_.at(dimensions[i]).scale.id(), static_cast<unsigned>(i)) >= 0,
              "'" + name + "'");
    return variable;
}

void VirtualFile::write_values(const HdfHandle& variable, const std::string& name,
                               const std::vector<double>& values) const {
    check(H5Dwrite(variable.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0,
          "'" + name + "'");
}

void VirtualFile::add_numbers(const std::string& name, const std::vector<std::string>& dimensions, NumberType type,
                              const std::vector<double>& values) {
    write_values(create(name, type, dimensions, variable_properties()), name, values);
}

void VirtualFile::add_virtual(const std::string& name, const std::vector<std::string>& dimensions, NumberType type,
                              const std::vector<VirtualPart>& parts) {
    const HdfHandle properties = variable_properties();
    const double fill = type == NumberType::real ? NC_FILL_FLOAT : NC_FILL_DOUBLE;
    H5Pset_fill_value(properties.id(), H5T_NATIVE_DOUBLE, &fill);
    std::vector<hsize_t> sizes;
    for (const std::string& dimension : dimensions) sizes.push_back(dimensions_.at(dimension).size);
    for (const VirtualPart& part : parts) {
        const HdfHandle there = make_space(hdf_sizes(part.shape)), here = make_space(sizes);
        // Readers keep each selection in memory; the whole of a file's variable needs none.
        const bool is_whole = part.count == part.shape;
        check((is_whole || select_block(there, part.from, part.count)) && select_block(here, part.to, part.count) &&
                  H5Pset_virtual(properties.id(), here.id(), without_patterns(part.file).c_str(),
                                 without_patterns(name).c_str(), there.id()) >= 0,
              "'" + name + "'");
    }
    create(name, type, dimensions, properties);
}

const HdfHandle& VirtualFile::opened(const std::filesystem::path& file) {
    const auto [known, is_new] = read_files_.try_emplace(file);
    if (is_new) known->second = HdfHandle(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (known->second.id() < 0) throw freshet::Error(fmt::format("read '{}': HDF5 cannot open it", file.string()));
    return known->second;
}

void VirtualFile::copy_attributes(const std::filesystem::path& file, const std::string& from, const std::string& to,
                                  const std::set<std::string>& without) {
    const HdfHandle source(H5Oopen(opened(file).id(), from.empty() ? "/" : from.c_str(), H5P_DEFAULT), H5Oclose);
    const HdfHandle target(H5Oopen(file_.id(), to.empty() ? "/" : to.c_str(), H5P_DEFAULT), H5Oclose);
    AttributeCopy copy{target.id(), without};
    hsize_t position = 0;
    check(H5Aiterate2(source.id(), H5_INDEX_CRT_ORDER, H5_ITER_INC, &position, copy_attribute, &copy) >= 0,
          fmt::format("the attributes of '{}'", to));
}

void VirtualFile::put_text(const std::string& variable, const std::string& name, const std::string& text) {
    const HdfHandle target(H5Oopen(file_.id(), variable.empty() ? "/" : variable.c_str(), H5P_DEFAULT), H5Oclose);
    const HdfHandle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.id(), std::max<std::size_t>(text.size(), 1));
    const HdfHandle space(H5Screate(H5S_SCALAR), H5Sclose);
    const HdfHandle attribute(H5Acreate2(target.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                              H5Aclose);
    check(attribute.id() >= 0 && H5Awrite(attribute.id(), type.id(), text.c_str()) >= 0, "'" + name + "'");
}

void VirtualFile::put_fill_value(const std::string& variable) {
    const HdfHandle target(H5Dopen2(file_.id(), variable.c_str(), H5P_DEFAULT), H5Dclose);
    const hsize_t one = 1;
    const HdfHandle space = make_space({one});
    const HdfHandle attribute(
        H5Acreate2(target.id(), "_FillValue", hdf_type(NumberType::double_real), space.id(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    const double fill = NC_FILL_DOUBLE;
    check(attribute.id() >= 0 && H5Awrite(attribute.id(), H5T_NATIVE_DOUBLE, &fill) >= 0, "'" + variable + "'");
}

void VirtualFile::close() {
    dimensions_.clear();
    read_files_.clear();
    check(file_.close(), "the end");
}

std::vector<std::set<std::string>> virtual_sources(const std::filesystem::path& path,
                                                   const std::vector<std::string>& variables) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const HdfHandle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (file.id() < 0) throw freshet::Error(fmt::format("read '{}': HDF5 cannot open it", path.string()));
    std::vector<std::set<std::string>> sources;
    for (const std::string& variable : variables) sources.push_back(sources_of(file, variable));
    return sources;
}

}  // namespace gfs
