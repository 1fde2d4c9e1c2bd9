// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <filesystem>
#include <fstream>
#include <vector>

namespace gfs {

/// The bytes of a GRIB2 file, read where they are asked for.
class RandomAccessFile {
public:
    /// Throws Error when the file cannot be opened.
    explicit RandomAccessFile(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return path_; }
    std::uint64_t size() const { return size_; }
    /// Throws Error when fewer bytes are there.
    std::vector<unsigned char> read(std::uint64_t offset, std::uint64_t length);

private:
    std::filesystem::path path_;
    std::ifstream stream_;
    std::uint64_t size_ = 0;
};

/// Every field of the file, in order; a message with several (sections repeated in it) yields several.
/// Throws Error, naming the message and its byte offset, where the file is cut off or is not GRIB2.
std::vector<FieldLocation> find_fields(RandomAccessFile& file);

/// One field as a message of its own, whatever it shared with its neighbours.
std::vector<unsigned char> extract_field(RandomAccessFile& file, const FieldLocation& location);

}  // namespace gfs
