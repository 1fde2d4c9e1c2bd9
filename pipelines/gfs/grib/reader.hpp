// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "grib/sections.hpp"

#include <filesystem>
#include <vector>

namespace gfs {

/// A GRIB2 file: what its fields are, and the values of each, one at a time.
/// Errors name the file, the message and its byte offset.
class GribReader {
public:
    /// Reads what every field is; throws Error where the file is cut off, damaged or not GRIB2.
    explicit GribReader(const std::filesystem::path& path);

    const std::vector<Message>& messages() const { return messages_; }

    /// The field's values, row by row in the file's order; missing ones are `missing`. Each is what a right decoder
    /// gives in double precision, rounded to float.
    std::vector<float> values(const Message& message, float missing);

private:
    RandomAccessFile file_;
    std::vector<Message> messages_;
};

}  // namespace gfs
