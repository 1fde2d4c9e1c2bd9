// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/chunk_file.hpp"

#include "freshet/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace gfs {

namespace {

/// Lengthens a variable on an unlimited dimension to include the chunk at `offset`. Returns false when HDF5 cannot.
bool include_record(hid_t variable, const std::vector<hsize_t>& offset) {
    const HdfHandle space(H5Dget_space(variable), H5Sclose);
    std::vector<hsize_t> lengths(offset.size());
    if (space.id() < 0 || H5Sget_simple_extent_ndims(space.id()) != static_cast<int>(lengths.size()) ||
        H5Sget_simple_extent_dims(space.id(), lengths.data(), nullptr) < 0)
        return false;
    if (lengths.front() > offset.front()) return true;
    lengths.front() = offset.front() + 1;
    return H5Dset_extent(variable, lengths.data()) >= 0;
}

}  // namespace

HdfHandle::HdfHandle(HdfHandle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

HdfHandle& HdfHandle::operator=(HdfHandle&& other) noexcept {
    if (this != &other) {
        close();
        id_ = std::exchange(other.id_, -1);
        close_ = other.close_;
    }
    return *this;
}

bool HdfHandle::close() { return id_ < 0 || close_(std::exchange(id_, -1)) >= 0; }

ChunkFile::ChunkFile(const std::filesystem::path& path, Access access) : path_(path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures are reported by exceptions
    const unsigned flags = access == Access::write ? H5F_ACC_RDWR : H5F_ACC_RDONLY;
    file_ = HdfHandle(H5Fopen(path.c_str(), flags, H5P_DEFAULT), H5Fclose);
    if (file_.id() < 0 && access == Access::read)
        throw freshet::Error(fmt::format("read '{}': HDF5 cannot open it", path_.string()));
    if (file_.id() < 0) fail("it");
}

void ChunkFile::open(const std::string& variable) {
    if (variable == open_variable_) return;
    open_variable_ = variable;
    variable_ = HdfHandle(H5Dopen2(file_.id(), variable.c_str(), H5P_DEFAULT), H5Dclose);
}

void ChunkFile::write(const std::string& variable, const std::vector<std::uint64_t>& start,
                      std::span<const unsigned char> filtered) {
    open(variable);
    const std::vector<hsize_t> offset(start.begin(), start.end());
    constexpr std::uint32_t every_filter_was_applied = 0;
    if (variable_.id() < 0 || !include_record(variable_.id(), offset) ||
        H5Dwrite_chunk(variable_.id(), H5P_DEFAULT, every_filter_was_applied, offset.data(), filtered.size(),
                       filtered.data()) < 0) {
        fail("'" + variable + "'");
    }
}

StoredChunk ChunkFile::find(const std::string& variable, const std::vector<std::uint64_t>& start) {
    open(variable);
    const std::vector<hsize_t> first(start.begin(), start.end());
    unsigned skipped_filters = 0;
    haddr_t offset = HADDR_UNDEF;
    hsize_t size = 0;
    check_read(variable_.id() >= 0 &&
                   H5Dget_chunk_info_by_coord(variable_.id(), first.data(), &skipped_filters, &offset, &size) >= 0 &&
                   offset != HADDR_UNDEF,
               "there is no such chunk");
    return {.start = start, .offset = offset, .size = size};
}

void ChunkFile::check_read(bool is_done, const std::string& problem) const {
    if (is_done) return;
    throw freshet::Error(fmt::format("read '{}' of '{}': {}", open_variable_, path_.string(), problem));
}

std::vector<std::uint64_t> ChunkFile::chunk_shape(const std::string& variable) {
    open(variable);
    check_read(variable_.id() >= 0, "there is no such variable");
    const HdfHandle space(H5Dget_space(variable_.id()), H5Sclose);
    const HdfHandle properties(H5Dget_create_plist(variable_.id()), H5Pclose);
    std::vector<hsize_t> shape(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.id())));
    check_read(H5Pget_chunk(properties.id(), static_cast<int>(shape.size()), shape.data()) >= 0, "it has no chunks");
    return {shape.begin(), shape.end()};
}

bool ChunkFile::is_shuffled(const std::string& variable) {
    open(variable);
    check_read(variable_.id() >= 0, "there is no such variable");
    const HdfHandle properties(H5Dget_create_plist(variable_.id()), H5Pclose);
    const int filters = H5Pget_nfilters(properties.id());
    check_read(filters >= 0, "its filters cannot be read");
    for (int i = 0; i < filters; ++i) {
        unsigned flags = 0, configuration = 0;
        std::size_t values = 0;
        const auto index = static_cast<unsigned>(i);
        if (H5Pget_filter2(properties.id(), index, &flags, &values, nullptr, 0, nullptr, &configuration) ==
            H5Z_FILTER_SHUFFLE)
            return true;
    }
    return false;
}

std::vector<StoredChunk> ChunkFile::chunks(const std::string& variable) {
    const std::size_t rank = chunk_shape(variable).size();
    const HdfHandle space(H5Dget_space(variable_.id()), H5Sclose);
    hsize_t count = 0;
    check_read(H5Dget_num_chunks(variable_.id(), space.id(), &count) >= 0, "its chunks cannot be counted");
    std::vector<StoredChunk> found;
    for (hsize_t i = 0; i < count; ++i) {
        std::vector<hsize_t> start(rank);
        unsigned skipped_filters = 0;
        haddr_t offset = 0;
        hsize_t size = 0;
        check_read(
            H5Dget_chunk_info(variable_.id(), space.id(), i, start.data(), &skipped_filters, &offset, &size) >= 0,
            "a chunk cannot be found");
        check_read(skipped_filters == 0, "a chunk is not filtered as the others");
        found.push_back({.start = {start.begin(), start.end()}, .offset = offset, .size = size});
    }
    return found;
}

void ChunkFile::close() {
    const bool is_variable_closed = variable_.close();
    if (!file_.close() || !is_variable_closed) fail("the end");
}

void ChunkFile::fail(const std::string& what) const {
    throw freshet::Error(
        fmt::format("write {} of '{}': {}", what, path_.string(), write_error_reason(path_, "HDF5 gives no reason")));
}

std::string write_error_reason(const std::filesystem::path& path, const std::string& fallback) {
    const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0) return std::strerror(errno);
    const std::vector<char> block(1 << 20);
    // A nearly full disk accepts a part of the block.
    std::string reason = fallback;
    for (std::size_t done = 0; done < block.size();) {
        const ssize_t written = ::write(file, block.data() + done, block.size() - done);
        if (written <= 0) {
            reason = std::strerror(errno);
            break;
        }
        done += static_cast<std::size_t>(written);
    }
    if (::fsync(file) != 0 && reason == fallback) reason = std::strerror(errno);
    ::close(file);
    return reason;
}

}  // namespace gfs
