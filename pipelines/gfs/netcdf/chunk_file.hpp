// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace gfs {

/// Something HDF5 has opened, closed with the function that belongs to it.
class HdfHandle {
public:
    using Close = int (*)(std::int64_t);

    HdfHandle() = default;
    HdfHandle(std::int64_t id, Close closer) : id_(id), close_(closer) {}
    HdfHandle(HdfHandle&& other) noexcept;
    HdfHandle& operator=(HdfHandle&& other) noexcept;
    ~HdfHandle() { close(); }

    std::int64_t id() const { return id_; }
    /// False when HDF5 could not write what it still held.
    bool close();

private:
    std::int64_t id_ = -1;
    Close close_ = nullptr;
};

/// A netCDF-4 file whose chunks are written, or read, as they are stored, past HDF5's filters and caches. netCDF must
/// have closed it.
class ChunkFile {
public:
    enum class Access { write, read };

    /// Throws freshet::Error with the path when it cannot be opened.
    explicit ChunkFile(const std::filesystem::path& path, Access access = Access::write);

    /// One whole chunk, already filtered as the variable says, that begins at `start` of its dimensions.
    void write(const std::string& variable, const std::vector<std::uint64_t>& start,
               std::span<const unsigned char> filtered);

    /// What is stored of the chunk that begins there; throws freshet::Error when there is none.
    std::vector<unsigned char> read(const std::string& variable, const std::vector<std::uint64_t>& start);

    /// Throws freshet::Error when the rest cannot be written.
    void close();

private:
    void open(const std::string& variable);
    [[noreturn]] void fail(const std::string& what) const;

    std::filesystem::path path_;
    HdfHandle file_;
    std::string open_variable_;
    HdfHandle variable_;
};

}  // namespace gfs
