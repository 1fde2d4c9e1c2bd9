// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/packed_numbers.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstddef>

// Compiled with -ffp-contract=off: a fused multiplication and addition would round once where eccodes rounds twice.
namespace gfs {

namespace {

/// Product of |exponent| factors, or of their inverses, in eccodes' order.
double power(std::int64_t exponent, double base) {
    double result = 1;
    for (; exponent < 0; ++exponent) result /= base;
    for (; exponent > 0; --exponent) result *= base;
    return result;
}

/// Numbers that are scaled at once: the length is known to the compiler, which computes several at a time.
constexpr std::size_t scaled_at_once = 64;

/// True when a double can hold every number, and one with room for one bit more.
inline bool are_small(const std::int64_t* packed) {
    constexpr int small_bits = 51;
    std::int64_t used = 0;
    for (std::size_t i = 0; i < scaled_at_once; ++i) used |= packed[i] ^ (packed[i] >> 63);
    return used >> small_bits == 0;
}

/// Scaling::value() of each of `scaled_at_once` small numbers. Vector instructions convert no integers of 64 bits
/// before AVX-512. But added to the bits of 1.5 * 2^52 a small one is in the last bits of the sum, as a double.
__attribute__((always_inline)) inline void scale_small(const Scaling& scaling, const std::int64_t* packed,
                                                       float* values) {
    constexpr double shift = 0x1.8p52;
    const double binary = scaling.binary, reference = scaling.reference, decimal = scaling.decimal;
    for (std::size_t i = 0; i < scaled_at_once; ++i) {
        const double shifted = std::bit_cast<double>(packed[i] + std::bit_cast<std::int64_t>(shift));
        values[i] = static_cast<float>(((shifted - shift) * binary + reference) * decimal);
    }
}

void scale_small_plainly(const Scaling& scaling, const std::int64_t* packed, float* values) {
    scale_small(scaling, packed, values);
}

using ScaleSmall = void (*)(const Scaling&, const std::int64_t*, float*);

#ifdef __x86_64__

__attribute__((target("avx2"))) void scale_small_by_four(const Scaling& scaling, const std::int64_t* packed,
                                                         float* values) {
    scale_small(scaling, packed, values);
}

__attribute__((target("avx512f"))) void scale_small_by_eight(const Scaling& scaling, const std::int64_t* packed,
                                                             float* values) {
    scale_small(scaling, packed, values);
}

const ScaleSmall scale_small_here = __builtin_cpu_supports("avx512f") ? &scale_small_by_eight
                                    : __builtin_cpu_supports("avx2")  ? &scale_small_by_four
                                                                      : &scale_small_plainly;

/// The numbers that are read at once, and the greatest width of one that lies in four bytes wherever it begins.
constexpr std::size_t read_at_once = 8;
constexpr unsigned greatest_vector_width = 25;

/// For eight numbers of one width, the first of which begins at one bit of a byte: the bytes of each, counted from the
/// one in which its half of the eight begins, and the number of bits to the left of it. Eight numbers end where they
/// begin, in the byte.
struct EightNumbers {
    std::array<std::array<std::uint8_t, 16>, 2> bytes;
    std::array<std::uint32_t, 8> bits_before;
    std::uint32_t second_half;  ///< the first byte of it
};

EightNumbers place_eight(unsigned width, unsigned first_bit) {
    EightNumbers places{};
    places.second_half = (first_bit + 4 * width) / 8;
    for (unsigned i = 0; i < read_at_once; ++i) {
        const unsigned bit = first_bit + i * width;
        const unsigned byte = bit / 8 - (i < 4 ? 0 : places.second_half);
        for (unsigned part = 0; part < 4; ++part)  // the first byte is the highest
            places.bytes[i / 4][4 * (i % 4) + part] = static_cast<std::uint8_t>(byte + 3 - part);
        places.bits_before[i] = bit % 8;
    }
    return places;
}

using PlacesOfWidth = std::array<EightNumbers, 8>;

const std::array<PlacesOfWidth, greatest_vector_width + 1> eight_numbers = [] {
    std::array<PlacesOfWidth, greatest_vector_width + 1> all{};
    for (unsigned width = 1; width < all.size(); ++width)
        for (unsigned bit = 0; bit < all[width].size(); ++bit) all[width][bit] = place_eight(width, bit);
    return all;
}();

/// Reads eights of numbers from the bit `first_bit` of `bytes`, as long as 16 bytes after the begin of each half lie
/// before `end`. Returns how many numbers.
__attribute__((target("avx2"))) std::size_t read_eights(const unsigned char* bytes, const unsigned char* end,
                                                        unsigned first_bit, unsigned width, std::uint64_t reference,
                                                        std::span<std::uint64_t> numbers) {
    const EightNumbers& places = eight_numbers[width][first_bit];
    const auto load = [](const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); };
    const __m256i order = _mm256_set_m128i(load(places.bytes[1].data()), load(places.bytes[0].data()));
    const __m256i before = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(places.bits_before.data()));
    const __m128i behind = _mm_cvtsi32_si128(static_cast<int>(32 - width));
    const __m256i added = _mm256_set1_epi64x(static_cast<long long>(reference));
    std::size_t done = 0;
    for (; done + read_at_once <= numbers.size(); done += read_at_once, bytes += width) {
        if (end - bytes < static_cast<std::ptrdiff_t>(places.second_half + 16)) break;
        const __m256i both = _mm256_set_m128i(load(bytes + places.second_half), load(bytes));
        const __m256i words = _mm256_sllv_epi32(_mm256_shuffle_epi8(both, order), before);
        const __m256i eight = _mm256_srl_epi32(words, behind);
        auto* const to = reinterpret_cast<__m256i*>(numbers.data() + done);
        _mm256_storeu_si256(to, _mm256_add_epi64(_mm256_cvtepu32_epi64(_mm256_castsi256_si128(eight)), added));
        _mm256_storeu_si256(to + 1, _mm256_add_epi64(_mm256_cvtepu32_epi64(_mm256_extracti128_si256(eight, 1)), added));
    }
    return done;
}

const bool can_read_eights = __builtin_cpu_supports("avx2");

#else

const ScaleSmall scale_small_here = &scale_small_plainly;

#endif

}  // namespace

void BitReader::read_all(unsigned width, std::uint64_t reference, std::span<std::uint64_t> numbers) {
    if (width == 0) {
        std::ranges::fill(numbers, reference);
        return;
    }
#ifdef __x86_64__
    if (can_read_eights && width <= greatest_vector_width) {
        const std::size_t done = read_eights(bytes_.data() + at_ / 8, bytes_.data() + bytes_.size(),
                                             static_cast<unsigned>(at_ % 8), width, reference, numbers);
        at_ += done * width;
        numbers = numbers.subspan(done);
    }
#endif
    BitReader here = *this;
    for (std::uint64_t& number : numbers) number = reference + here.read(width);
    *this = here;
}

Scaling::Scaling(Octets packing)
    : reference(std::bit_cast<float>(static_cast<std::uint32_t>(number_at(packing, 12, 4)))),
      binary(power(signed_number_at(packing, 16, 2), 2)),
      decimal(power(-signed_number_at(packing, 18, 2), 10)),
      bits(static_cast<unsigned>(number_at(packing, 20, 1))) {}

void Scaling::scale(std::span<const std::int64_t> packed, float* values) const {
    for (; packed.size() >= scaled_at_once; packed = packed.subspan(scaled_at_once), values += scaled_at_once)
        if (are_small(packed.data()))
            scale_small_here(*this, packed.data(), values);
        else
            for (std::size_t i = 0; i < scaled_at_once; ++i) values[i] = value(packed[i]);
    for (const std::int64_t number : packed) *values++ = value(number);
}

}  // namespace gfs
