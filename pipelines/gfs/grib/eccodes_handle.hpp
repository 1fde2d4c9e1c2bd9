// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct grib_handle;

namespace gfs {

/// One decoded GRIB message in eccodes' hands, owned with its bytes. Each failure throws freshet::Error that names the
/// key; the caller says which message it was.
class EccodesHandle {
public:
    explicit EccodesHandle(std::vector<unsigned char> bytes);

    long integer(const char* key) const;
    double number(const char* key) const;
    std::string text(const char* key) const;
    /// Nothing where the message has no such key, or marks it as missing.
    std::optional<long> find_integer(const char* key) const;

    /// Missing values come back as `missing`.
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

/// As in "2.28.0".
std::string eccodes_version();

}  // namespace gfs
