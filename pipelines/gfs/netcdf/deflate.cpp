// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/deflate.hpp"

#include <libdeflate.h>

#include <memory>
#include <new>

namespace gfs {

namespace {

struct FreeCompressor {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

// All first bytes, then all second ones, and so on: neighbours are alike in their high bytes.
std::vector<unsigned char> shuffle_bytes(std::span<const float> values) {
    const auto bytes = std::as_bytes(values);
    std::vector<unsigned char> result(bytes.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t part = 0; part < sizeof(float); ++part) {
            result[part * values.size() + i] = static_cast<unsigned char>(bytes[i * sizeof(float) + part]);
        }
    }
    return result;
}

}  // namespace

std::vector<unsigned char> shuffle_and_deflate(std::span<const float> values) {
    constexpr int level = 1;  // higher levels cost several times the time for a few percent
    const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(level));
    if (!compressor) throw std::bad_alloc();
    const std::vector<unsigned char> input = shuffle_bytes(values);
    std::vector<unsigned char> output(libdeflate_zlib_compress_bound(compressor.get(), input.size()));
    output.resize(libdeflate_zlib_compress(compressor.get(), input.data(), input.size(), output.data(), output.size()));
    return output;
}

}  // namespace gfs
