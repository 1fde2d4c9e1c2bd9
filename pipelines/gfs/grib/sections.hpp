// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include "freshet/error.hpp"

#include <cstdio>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace gfs {

/// The bytes of a message or of a part of it. Octets are counted from 1, as in the WMO's Manual on Codes.
using Octets = std::span<const unsigned char>;

Octets octets_of(std::string_view bytes);

/// `count` octets of a section as an unsigned big-endian number; the first has the number `first`. Throws
/// freshet::Error when the section is shorter.
std::uint64_t number_at(Octets section, std::size_t first, std::size_t count);
/// The same for a number whose first bit is its sign, the others its magnitude.
std::int64_t signed_number_at(Octets section, std::size_t first, std::size_t count);

/// Random access to the bytes of a GRIB2 file.
class ByteReader {
public:
    virtual ~ByteReader() = default;

    virtual std::uint64_t size() const = 0;
    /// Returns the bytes, which are valid until the next call. Throws freshet::Error when fewer are there.
    virtual Octets read(std::uint64_t offset, std::uint64_t length) = 0;
};

/// Bytes in memory, which must outlive the reader.
class MemoryReader final : public ByteReader {
public:
    explicit MemoryReader(Octets bytes) : bytes_(bytes) {}

    std::uint64_t size() const override { return bytes_.size(); }
    Octets read(std::uint64_t offset, std::uint64_t length) override;

private:
    Octets bytes_;
};

/// A local file.
class FileReader final : public ByteReader {
public:
    /// Throws freshet::Error when the file cannot be opened.
    explicit FileReader(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return path_; }
    std::uint64_t size() const override { return size_; }
    Octets read(std::uint64_t offset, std::uint64_t length) override;
    /// Reads `length` bytes to the address `to`. Several threads may do so at once. Throws freshet::Error when fewer
    /// are there.
    void read_to(unsigned char* to, std::uint64_t offset, std::uint64_t length) const;

private:
    std::filesystem::path path_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
    std::uint64_t size_ = 0;
    std::vector<unsigned char> buffer_;
};

/// The length of a GRIB2 message by its section 0; nothing when the bytes are not the start of a message.
std::optional<std::uint64_t> stated_length(Octets bytes);

/// The bytes at an inventory's offset are not one whole message: inventory and file do not match.
class DamagedMessage : public freshet::TransientError {
public:
    using TransientError::TransientError;
};

/// Returns the GRIB2 message at the start of `bytes`, which reach to the next message of an inventory, without the
/// foreign bytes after it. Throws DamagedMessage, naming `file` and `offset` in it, unless it is whole and alone.
std::string_view whole_message(std::string_view bytes, std::uint64_t offset, std::string_view file);

using SectionVisitor = std::function<void(const SectionLocation& section)>;

/// Visits sections 0 to 7 of the message at `offset`, in their order, each when its header has been read. Returns the
/// message's length. Throws freshet::Error where the message is truncated, damaged or not GRIB2.
std::uint64_t walk_message(ByteReader& bytes, std::uint64_t offset, const SectionVisitor& visit);

/// Walks one message and returns its length.
using MessageWalker = std::function<std::uint64_t(int number, std::uint64_t offset)>;

/// Calls `walk` for each message from the first to the last, which are counted from 1, and skips the bytes around them
/// that belong to none: headers of the WMO's bulletins, padding, line ends. Returns the number of these bytes. Adds the
/// message's number and offset to a freshet::Error, except to a TransientError, which is the reader's own; a file
/// without any message, or with more than `max_gap` foreign bytes in one place, is an error of the message missed.
std::uint64_t walk_messages(ByteReader& bytes, const MessageWalker& walk,
                            std::uint64_t max_gap = std::numeric_limits<std::uint64_t>::max());

/// The treatment of messages that are not understood and whose end is known: GRIB1, an unsupported product or grid.
enum class StrangeMessages {
    refuse,  ///< each is an error
    tell,    ///< they are left out and named
};

/// The fields of a file, in file order.
struct FileFields {
    std::vector<FieldLocation> fields;      ///< a message with repeated sections has several
    std::uint64_t foreign_bytes = 0;        ///< bytes that belong to no message
    std::vector<std::string> strange = {};  ///< sentences: "read 'a.grib2': message 3 at byte 1200: it is ..."
};

/// Locates every field. Throws freshet::Error, naming the file, the message and its byte offset, where a message is
/// truncated or, unless such are told, damaged or not GRIB2, or where there is none.
FileFields find_fields(FileReader& file, StrangeMessages strange = StrangeMessages::refuse);

/// Copies one field into a message of its own, whose memory is used again. Several threads may do so at once.
void extract_field(const FileReader& file, const FieldLocation& location, std::vector<unsigned char>& message);

/// The same without its values: with a section 7 of no data, as far as metadata is concerned.
void extract_header(const FileReader& file, const FieldLocation& location, std::vector<unsigned char>& message);

/// A section of a message that holds one field and has been walked before.
Octets section_of(Octets message, int number);

}  // namespace gfs
