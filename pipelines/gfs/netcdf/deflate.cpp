// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/chunk_file.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#if FRESHET_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <libdeflate.h>
#endif
#ifdef __x86_64__
#include <tmmintrin.h>
#endif

#include <algorithm>
#include <memory>
#include <new>

namespace gfs {

namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t float_bytes = sizeof(float);

/// Writes the bytes of the values from `first` to `end`: all first ones, then all second ones, ...
void shuffle_each(const unsigned char* bytes, std::size_t first, std::size_t end, std::size_t count,
                  unsigned char* to) {
    for (std::size_t i = first; i < end; ++i)
        for (std::size_t part = 0; part < float_bytes; ++part) to[part * count + i] = bytes[i * float_bytes + part];
}

#ifdef __x86_64__
/// The same for 16 values at a time. Returns the number of values done.
__attribute__((target("ssse3"))) std::size_t shuffle_sixteens(const unsigned char* bytes, std::size_t count,
                                                              unsigned char* to) {
    const __m128i by_part = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    std::size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const auto* const from = reinterpret_cast<const __m128i*>(bytes + i * float_bytes);
        const __m128i a = _mm_shuffle_epi8(_mm_loadu_si128(from), by_part);
        const __m128i b = _mm_shuffle_epi8(_mm_loadu_si128(from + 1), by_part);
        const __m128i c = _mm_shuffle_epi8(_mm_loadu_si128(from + 2), by_part);
        const __m128i d = _mm_shuffle_epi8(_mm_loadu_si128(from + 3), by_part);
        const __m128i low_ab = _mm_unpacklo_epi32(a, b), low_cd = _mm_unpacklo_epi32(c, d);
        const __m128i high_ab = _mm_unpackhi_epi32(a, b), high_cd = _mm_unpackhi_epi32(c, d);
        const auto store = [&](std::size_t part, __m128i value) {
            _mm_storeu_si128(reinterpret_cast<__m128i*>(to + part * count + i), value);
        };
        store(0, _mm_unpacklo_epi64(low_ab, low_cd));
        store(1, _mm_unpackhi_epi64(low_ab, low_cd));
        store(2, _mm_unpacklo_epi64(high_ab, high_cd));
        store(3, _mm_unpackhi_epi64(high_ab, high_cd));
    }
    return i;
}
#endif

/// HDF5's shuffle filter: neighbours agree in their high bytes, which compress well beside each other.
void shuffle_bytes(std::span<const float> values, Bytes& shuffled) {
    shuffled.resize(values.size_bytes());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(values.data());
    std::size_t done = 0;
#ifdef __x86_64__
    if (__builtin_cpu_supports("ssse3")) done = shuffle_sixteens(bytes, values.size(), shuffled.data());
#endif
    shuffle_each(bytes, done, values.size(), values.size(), shuffled.data());
}

#if FRESHET_ISAL

/// Adds bytes to a stream, which has room for them all.
void compress(isal_zstream& stream, std::span<unsigned char> bytes, std::uint16_t flush) {
    stream.next_in = bytes.data();
    stream.avail_in = static_cast<std::uint32_t>(bytes.size());
    stream.flush = flush;
    const int code = isal_deflate(&stream);
    if (code != COMP_OK || stream.avail_in != 0)
        throw freshet::Error(fmt::format("compressing {} bytes: ISA-L says {}", bytes.size(), code));
}

/// Deflates to zlib's format. Returns the length, at most `compressed.size()`.
///
/// The first bytes are a block of their own. At the beginning of a stream ISA-L's main loop hashes bits of the stream's
/// address instead of the third byte and those after it, so that its matches depend on where memory is. It does not
/// take part in so few bytes, and after them begins as everywhere else.
std::size_t deflate(Bytes& input, Bytes& compressed) {
    constexpr std::size_t first_bytes = 8;                 // ISA-L begins with 4, its main loop with more than 16
    thread_local Bytes level_buffer(ISAL_DEF_LVL1_SMALL);  // shorter blocks suit the bytes better: 1 % smaller
    constexpr std::size_t head_room = 1 << 16;
    compressed.resize(input.size() + input.size() / 4 + head_room);
    isal_zstream stream;
    isal_deflate_init(&stream);
    stream.level = 1;  // level 0 makes the file a third larger
    stream.level_buf = level_buffer.data();
    stream.level_buf_size = static_cast<std::uint32_t>(level_buffer.size());
    stream.gzip_flag = IGZIP_ZLIB;
    stream.next_out = compressed.data();
    stream.avail_out = static_cast<std::uint32_t>(compressed.size());
    const std::span bytes(input);
    const std::size_t first = std::min(first_bytes, bytes.size());
    compress(stream, bytes.first(first), SYNC_FLUSH);
    stream.end_of_stream = 1;
    compress(stream, bytes.subspan(first), NO_FLUSH);
    if (stream.internal_state.state != ZSTATE_END)
        throw freshet::Error(fmt::format("compressing {} bytes: ISA-L has not finished", bytes.size()));
    return stream.total_out;
}

#else

struct FreeCompressor {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

/// Deflates to zlib's format. Returns the length, at most `compressed.size()`.
std::size_t deflate(const Bytes& input, Bytes& compressed) {
    constexpr int level = 1;  // higher levels cost several times the time for a few percent
    thread_local const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
        libdeflate_alloc_compressor(level));
    if (!compressor) throw std::bad_alloc();
    compressed.resize(libdeflate_zlib_compress_bound(compressor.get(), input.size()));
    return libdeflate_zlib_compress(compressor.get(), input.data(), input.size(), compressed.data(), compressed.size());
}

#endif

}  // namespace

Bytes shuffle_and_deflate(std::span<const float> values) {
    thread_local Bytes shuffled, compressed;  // of each chunk in turn
    shuffle_bytes(values, shuffled);
    const std::size_t length = deflate(shuffled, compressed);
    return {compressed.begin(), compressed.begin() + static_cast<std::ptrdiff_t>(length)};
}

}  // namespace gfs
