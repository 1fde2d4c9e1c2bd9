// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "grib/sections.hpp"

#include <filesystem>
#include <span>
#include <vector>

namespace gfs {

/// A GRIB2 file: the metadata of its fields, and the values of each, decoded one at a time. Holds the file open. Errors
/// name the file, the message and its byte offset.
class GribReader {
public:
    /// Reads the metadata of every field. Throws freshet::Error where the file is truncated or, unless such messages
    /// are told, damaged, not GRIB2, or of a product or a grid that is not supported.
    explicit GribReader(const std::filesystem::path& path, StrangeMessages strange = StrangeMessages::refuse);

    /// The fields, in file order. One on an unsupported grid is among them, without the grid.
    const std::vector<Message>& messages() const { return messages_; }
    /// Sentences about the messages that are told instead of refused.
    const std::vector<std::string>& strange() const { return strange_; }
    /// The number of bytes of the file that belong to no message.
    std::uint64_t foreign_bytes() const { return foreign_bytes_; }

    /// True where both messages say the same in every byte.
    bool are_equal(const Message& one, const Message& other) const;

    /// Returns what eccodes calls the parameter. Finding that takes as long as all other metadata of many messages.
    EccodesNames eccodes_names(const Message& message) const;

    /// Decodes a field, row by row in the file's order; missing values become `missing`. Each value is that of a
    /// correct decoder in double precision, rounded to float. Several threads may decode at once.
    std::vector<float> values(const Message& message, float missing) const;
    /// The same, to `values`, whose memory is used again.
    void decode(const Message& message, float missing, std::vector<float>& values) const;

private:
    FileReader file_;
    std::vector<Message> messages_;
    std::vector<std::string> strange_;
    std::uint64_t foreign_bytes_ = 0;
};

/// Detects a faulty decoder of packings without missing values among the packed ones: throws freshet::Error where a
/// value is not finite, or where the number of `missing` values is not that of the message's bitmap.
void check_decoded_values(const std::vector<unsigned char>& message, std::span<const float> values, float missing);

}  // namespace gfs
