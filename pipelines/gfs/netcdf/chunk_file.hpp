// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace gfs {

/// An HDF5 identifier, owned with the function that closes it.
class HdfHandle {
public:
    using Close = int (*)(std::int64_t);

    HdfHandle() = default;
    HdfHandle(std::int64_t id, Close closer) : id_(id), close_(closer) {}
    HdfHandle(HdfHandle&& other) noexcept;
    HdfHandle& operator=(HdfHandle&& other) noexcept;
    ~HdfHandle() { close(); }

    std::int64_t id() const { return id_; }
    /// Returns false when HDF5 could not write its buffers.
    bool close();

private:
    std::int64_t id_ = -1;
    Close close_ = nullptr;
};

/// The place of a chunk in its file.
struct StoredChunk {
    std::vector<std::uint64_t> start;  ///< indices of its first point
    std::uint64_t offset;
    std::uint64_t size;  ///< as filtered
};

/// Direct access to the stored chunks of a netCDF-4 file, past HDF5's filters and caches. netCDF must have closed the
/// file: opening it twice is not detected and damages it.
class ChunkFile {
public:
    enum class Access { write, read };

    /// Throws freshet::Error with the path when it cannot be opened.
    explicit ChunkFile(const std::filesystem::path& path, Access access = Access::write);

    /// Writes one whole chunk, filtered as the variable requires, whose first point has the indices `start`. A variable
    /// on an unlimited dimension grows to include it.
    void write(const std::string& variable, const std::vector<std::uint64_t>& start,
               std::span<const unsigned char> filtered);

    /// Returns where the chunk is whose first point has the indices `start`. Throws freshet::Error when there is none.
    StoredChunk find(const std::string& variable, const std::vector<std::uint64_t>& start);

    /// Returns the number of points of every chunk in each dimension. Throws freshet::Error where there are no chunks.
    std::vector<std::uint64_t> chunk_shape(const std::string& variable);

    /// True where the shuffle filter is applied to the chunks.
    bool is_shuffled(const std::string& variable);

    /// Returns where the chunks are, in HDF5's order. Throws freshet::Error for one that a filter was not applied to.
    std::vector<StoredChunk> chunks(const std::string& variable);

    /// Flushes and closes. Throws freshet::Error when the rest cannot be written.
    void close();

private:
    void open(const std::string& variable);
    void check_read(bool is_done, const std::string& problem) const;
    [[noreturn]] void fail(const std::string& what) const;

    std::filesystem::path path_;
    HdfHandle file_;
    std::string open_variable_;
    HdfHandle variable_;
};

// Chunks for HDF5's filters, in a tenth of the time of zlib's fastest level. Any thread may call these, and equal
// values give equal bytes on every processor and wherever memory lies.

/// Encodes values as the deflate filter would. For values that were decoded from a packed message, few different ones:
/// a tenth smaller than shuffled.
std::vector<unsigned char> deflate_words(std::span<const float> values);

/// Encodes values as the shuffle and deflate filters would. For values of which few are equal, or whose last bits are
/// zeros. Takes half of zlib's time where ISA-L is absent.
std::vector<unsigned char> shuffle_and_deflate(std::span<const float> values);

/// The reason why HDF5 could not write, which it does not report: appends to the file, which is lost anyway, and
/// returns the system's error, "No space left on device", or `fallback` when that succeeds.
std::string write_error_reason(const std::filesystem::path& path, const std::string& fallback);

}  // namespace gfs
