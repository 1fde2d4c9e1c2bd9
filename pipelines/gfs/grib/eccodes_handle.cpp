// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/eccodes_handle.hpp"

#include "freshet/error.hpp"

#include <eccodes.h>
#include <fmt/format.h>

namespace gfs {

namespace {

void check(int code, const char* operation, const char* key) {
    if (code == CODES_SUCCESS) return;
    if (code == CODES_NOT_FOUND)
        throw freshet::Error(fmt::format("it has no '{}': its grid or its product is of a kind without it", key));
    throw freshet::Error(fmt::format("{} '{}': eccodes says '{}'", operation, key, codes_get_error_message(code)));
}

}  // namespace

void EccodesHandle::Delete::operator()(grib_handle* handle) const { codes_handle_delete(handle); }

EccodesHandle::EccodesHandle(std::vector<unsigned char> bytes)
    : bytes_(std::move(bytes)), handle_(codes_handle_new_from_message(nullptr, bytes_.data(), bytes_.size())) {
    if (!handle_) throw freshet::Error("eccodes does not understand it");
}

long EccodesHandle::integer(const char* key) const {
    long value = 0;
    check(codes_get_long(handle_.get(), key, &value), "reading", key);
    return value;
}

double EccodesHandle::number(const char* key) const {
    double value = 0;
    check(codes_get_double(handle_.get(), key, &value), "reading", key);
    return value;
}

std::string EccodesHandle::text(const char* key) const {
    std::size_t length = 0;
    check(codes_get_length(handle_.get(), key, &length), "reading", key);
    std::string value(length, '\0');
    check(codes_get_string(handle_.get(), key, value.data(), &length), "reading", key);
    return value.c_str();  // eccodes' length counts the terminator
}

std::string EccodesHandle::find_text(const char* key) const {
    if (codes_is_defined(handle_.get(), key) == 0) return {};
    const std::string value = text(key);
    return value == "unknown" || value == "Unknown" ? "" : value;
}

std::optional<long> EccodesHandle::find_integer(const char* key) const {
    if (codes_is_defined(handle_.get(), key) == 0) return std::nullopt;
    int code = CODES_SUCCESS;
    if (codes_is_missing(handle_.get(), key, &code) != 0) return std::nullopt;
    return integer(key);
}

std::vector<double> EccodesHandle::numbers(const char* key) const {
    std::size_t size = 0;
    check(codes_get_size(handle_.get(), key, &size), "counting", key);
    std::vector<double> result(size);
    check(codes_get_double_array(handle_.get(), key, result.data(), &size), "decoding", key);
    result.resize(size);
    return result;
}

std::vector<double> EccodesHandle::values(double missing) {
    check(codes_set_double(handle_.get(), "missingValue", missing), "setting", "missingValue");
    return numbers("values");
}

std::string eccodes_version() {
    const long version = codes_get_api_version();
    return fmt::format("{}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

}  // namespace gfs
