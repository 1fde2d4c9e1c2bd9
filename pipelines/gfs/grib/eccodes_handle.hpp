// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "grib/sections.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct grib_handle;

namespace gfs {

/// One GRIB message, parsed by eccodes, with its bytes. Each failure throws freshet::Error that names the key; the
/// caller adds the message.
class EccodesHandle {
public:
    explicit EccodesHandle(std::vector<unsigned char> bytes);

    long integer(const char* key) const;
    double number(const char* key) const;
    std::string text(const char* key) const;
    /// Returns "" where the key is absent, or unknown to eccodes' tables.
    std::string find_text(const char* key) const;
    /// Returns nothing where the key is absent or marked as missing.
    std::optional<long> find_integer(const char* key) const;

    /// Decodes the values; missing ones become `missing`.
    std::vector<double> values(double missing);
    std::vector<double> numbers(const char* key) const;

    const std::vector<unsigned char>& bytes() const { return bytes_; }

private:
    struct Delete {
        void operator()(grib_handle* handle) const;
    };

    std::vector<unsigned char> bytes_;  // eccodes reads from here as long as the handle lives
    std::unique_ptr<grib_handle, Delete> handle_;
};

/// The metadata that eccodes reads, from sections 1 and 3 only: nearly all messages of a file share them.
struct SharedMetadata {
    std::string centre;       ///< as in Message
    std::string centre_name;  ///< as in Message
    Grid grid;
};

/// Throws freshet::Error for grids that are not supported.
SharedMetadata read_shared_metadata(const EccodesHandle& handle);

/// The metadata of one message, without its location. Throws freshet::Error for units of time and products that are
/// not supported.
Message read_metadata(Octets message, const SharedMetadata& shared);

/// The library's version, as in "2.28.0".
std::string eccodes_version();

}  // namespace gfs
